"""The page of a review: one file, whose script and style are all that its policy allows."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from nerconv.review.page import MODULES, embedded, page, policy_of, script

DATA = files("nerconv.review") / "data"


def sources() -> dict[str, str]:
    return {name: (DATA / f"{name}.js").read_text(encoding="utf-8") for name in MODULES}


def test_every_module_of_the_script_is_in_the_page() -> None:
    assert {entry.name for entry in DATA.iterdir()} == {f"{name}.js" for name in MODULES} | {
        "review.html",
        "review.css",
    }
    assert all(f"const ${name} = (() =>" in script() for name in MODULES)


def test_a_module_imports_only_what_stands_before_it() -> None:
    for at, (name, code) in enumerate(sources().items()):
        for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', code, re.MULTILINE):
            assert module in MODULES[:at], f"{name} imports {module}"
            exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", sources()[module], re.MULTILINE)
            assert {each.split(" as ")[0].strip() for each in names.split(",")} <= set(exported)
        assert code.count("import ") == len(re.findall(r"^import \{", code, re.MULTILINE))


def test_nothing_in_the_script_reads_text_as_html_or_code() -> None:
    for name, code in sources().items():
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b", code
        )
        assert found == [], name


def test_the_policy_allows_the_script_and_the_style_of_the_page_alone() -> None:
    html = page()
    policy = policy_of(html)
    for tag in ("script", "style"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert text
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy
    assert "connect-src" not in policy_of(page({"questions": []}))


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_payload_reads_back_and_ends_no_element(value: object) -> None:
    text = embedded({"value": value, "more": "</script><!--<script>\u2028"})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["value"] == value
    text.encode()
