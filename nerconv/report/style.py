"""The style sheets of the pages: light and dark, system fonts, colours that the colour-blind can set apart."""

from typing import Final

EVALUATION: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fdfdfc; --card: #f4f4f1; --faint: #62666d; --rule: #d6d6d0;
  --bar: #3b6ea8; --tick: #b3261e; --good: #1d6b44; --bad: #b3261e; --correct: #3b6ea8; --type: #d98324; --boundary: #7a5ba8;
  --both: #a8577e; --missed: #8d929a; --spurious: #c9b037; --gold: #cfe3d4; --predicted: #f3d9c4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e6e1; --paper: #15171a; --card: #1e2125; --faint: #9da2aa;
  --rule: #383c42; --bar: #7fb0e6; --tick: #ff9d94; --good: #7ed3a4; --bad: #ff9d94; --correct: #7fb0e6; --type: #f0ab5c;
  --boundary: #b79be0; --both: #dc94b7; --missed: #7c828b; --spurious: #e0cb5f; --gold: #24493a; --predicted: #5a3a22 } }
* { box-sizing: border-box }
body { font: 15px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 66rem;
  padding: 2rem 1.2rem 4rem }
h1 { font-size: 1.35rem; font-weight: 600; margin: 0 0 1rem } h2 { font-size: 1.05rem; font-weight: 600; margin: 2.4rem 0 .6rem }
p { margin: .4rem 0; max-width: 46rem } .faint, figcaption { color: var(--faint) } a { color: inherit }
.verdict { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 1.1rem 1.4rem }
.verdict strong { font-size: 2.6rem; font-weight: 600; line-height: 1.1; font-variant-numeric: tabular-nums }
.good { color: var(--good) } .bad { color: var(--bad) } ul { padding-left: 1.2rem } li { margin: .2rem 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .4rem 0; display: block; overflow-x: auto }
th { font-weight: 500; color: var(--faint); text-align: right } td { text-align: right }
th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap }
th:first-child, td:first-child { text-align: left } tr.sum td { font-weight: 600 } svg { display: block; vertical-align: middle }
.bar { fill: var(--bar) } .whisker { stroke: var(--ink); stroke-width: 1.4 } .tick { stroke: var(--tick); stroke-width: 2 }
.track { fill: var(--card) } .correct { fill: var(--correct); background: var(--correct) } .type { fill: var(--type);
  background: var(--type) } .boundary { fill: var(--boundary); background: var(--boundary) } .both { fill: var(--both);
  background: var(--both) } .missed { fill: var(--missed); background: var(--missed) } .spurious { fill: var(--spurious);
  background: var(--spurious) } .key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0 1em }
article { border-left: 3px solid var(--rule); padding: .1rem 0 .1rem .8rem; margin: .9rem 0 }
pre { margin: .15rem 0; font: 13px/1.6 ui-monospace, monospace; white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: anywhere }
mark { color: inherit; border-radius: 3px; padding: 0 .15em } mark.g { background: var(--gold) } mark.p { background: var(--predicted) }
mark sup { color: var(--faint); font-size: .72em; margin-left: .3em } summary { cursor: pointer }
@media print { body { max-width: none } details { display: block } }
"""
LINT: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #667; --rule: #ccd; --mark: #ffe08a;
  --error: #b3261e; --warning: #8a5a00; --info: #3559a8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6ea; --paper: #16181c; --faint: #9aa; --rule: #3a3f48;
  --mark: #6b5200; --error: #ff8a80; --warning: #ffc266; --info: #9db8ff } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; word-break: break-all }
p { margin: .3rem 0 } .faint { color: var(--faint) }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .15rem .8rem .15rem 0; text-align: left;
  border-bottom: 1px solid var(--rule) } .n { text-align: right; font-variant-numeric: tabular-nums }
li { margin: .8rem 0; list-style: none } ul { padding: 0 }
pre { margin: .2rem 0; padding: .3rem .6rem; border-left: 3px solid var(--rule); white-space: pre-wrap;
  font: 13px/1.5 ui-monospace, monospace; unicode-bidi: plaintext } mark { background: var(--mark); color: inherit }
.error { color: var(--error) } .warning { color: var(--warning) } .info { color: var(--info) } b { font-weight: 600 }
"""
