"""The style sheets of the pages: light and dark, system fonts, colours that the colour-blind can set apart."""

from typing import Final

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
