"""A browser without a screen: follows links, keeps cookies, and sends a form with all that stands in it, as a person's browser does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from fastapi.testclient import TestClient

SITE = "http://127.0.0.1:7870"


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Forms and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text = ""
        self._area = self._select = None
        self._option: dict[str, str | None] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag == "form":
            self.forms.append(Form(a["method"], a["action"]))
        elif tag == "input" and self.forms and "name" in a and (a.get("type") != "checkbox" or "checked" in a):
            self.forms[-1].fields[a["name"]] = a.get("value") or ""
        elif tag == "textarea" and "name" in a:
            self._area = a["name"]
            self.forms[-1].fields[self._area] = ""
        elif tag == "select":
            self._select = a["name"]
            self.forms[-1].fields.setdefault(self._select, "")
        elif tag == "option" and self._select:
            self._option = a

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._area:
            self.forms[-1].fields[self._area] += data
        elif self._select and self._option is not None:
            if "selected" in self._option or not self.forms[-1].fields[self._select]:
                self.forms[-1].fields[self._select] = self._option.get("value", data)
            self._option = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.forms[-1].fields[self._area] = self.forms[-1].fields[self._area].removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None

    def form(self, action: str) -> Form:
        return next(form for form in self.forms if form.action == action)


class Browser:
    def __init__(self, app: object, site: str = SITE) -> None:
        self.client = TestClient(app, base_url=site, headers={"origin": site})  # type: ignore[arg-type]
        self.open("/sign-in")

    def open(self, path: str) -> Page:
        self.answer = self.client.get(path)
        self.page = Page(self.answer.text)
        return self.page

    def send(self, action: str, **typed: str) -> Page:
        """Send the form of this page that goes to `action`, with some of its fields typed over."""
        form = self.page.form(action)
        self.answer = self.client.post(action, data={**form.fields, **typed})
        self.page = Page(self.answer.text)
        return self.page

    def sign_in(self, name: str, password: str) -> Page:
        self.open("/sign-in")
        return self.send("/sign-in", name=name, password=password)

    @property
    def path(self) -> str:
        return self.answer.url.path
