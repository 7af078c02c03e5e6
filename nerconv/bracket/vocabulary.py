"""Words by which text without annotations is known: elements of HTML, words of editors in brackets, titles."""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from typing import Final

#: The elements of HTML 4 and 5, and those around the documents of TREC.
HTML: Final = frozenset(
    """a abbr acronym address applet area article aside audio b base bdi bdo big blockquote body br button canvas
    caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl doc docno dt em
    embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header headline
    hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta meter nav noframes
    noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search
    section select slot small source span strike strong style sub summary sup svg table tbody td template text
    textarea tfoot th thead time title tr track tt u ul var video wbr""".split()
)
#: Words in capitals that stand in brackets, elements and the targets of links of text that is not annotated.
EDITORIAL: Final = frozenset(
    """AFP AI AP API APPLAUSE AUDIO AUTHOR AUTHORS BBC BEGIN BLANK BUG BUGS CAPTION CENTER CHANGELOG CHANGES
    CITATION CLI CNN CODE COLOR CONTENT CONTINUED CONTRIBUTING COPYING CPU CSS DEBUG DEPRECATED DOC DOCS EDIT
    EDITOR END ERROR EU FAQ FEATURE FIG FIGURE FIX FIXME FONT FULL GPU HEAD HISTORY HTML IMAGE IMG INFO INSERT
    INST INSTALL JSON LAUGHTER LICENCE LICENSE LINK LIST MUSIC NATO NB NEWS NOTE NOTES NOTICE OPTIONAL PAGE
    PARA PHOTO PICTURE PS QUOTE README REDACTED REF REFS REFTEL RFC SECTION SECURITY SEE SIC SIZE SOURCE
    SPOILER START STOP SYS TABLE TBD TEST TEXT TITLE TODO TOOL TRANSLATION TV UAE UK UN UNESCO UPDATE URL US
    USA VERSION VIDEO WARNING WIP YOUR""".split()
)
#: Words with which people begin what they put in brackets of their own, and directions of plays and subtitles.
WORDS: Final = frozenset(
    """a about above across added after again against all along already also although always an and another any
    applause are around as aside at audience be beat because before begin being below between big blank both
    but by camera can cf cheering citation clarification cont continued could crowd deleted did different do
    does door during each ed editor eg either emphasis end enter etc even every exeunt exit few first footnote
    for from good great had half has have he hence her here him his how however i ie if illegible in inaudible
    into is it its just last laughs laughter like long man many maybe me mine missing more much music my name
    near neither never new next no nor not note now of off often old omitted on one only or original other our
    ours out over own part pause people perhaps phone please quite rather redacted removed said same scene
    second see several she short sic silence since singing small so some sometimes song sound speaker speaking
    speaks start still such than thank that the their them then there therefore these they this those though
    through thus to too toward towards translated translation unclear under unknown until untitled up upon us
    very via viz voice was we well were what when where which while who whole why will with withheld within
    without woman would yet you young your""".split()
)
#: Words with a capital that stand before a name and are none.
TITLES: Final = frozenset(
    """A An And As At But By Dear Dr For From He Her His Hello Hi I In It Mr Mrs Ms My Of On Or Our Prof She Sir
    So That The Their They This To We When With You Your""".split()
)
