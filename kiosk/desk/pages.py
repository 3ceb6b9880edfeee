"""How a page is made: templates with escaping always on, and what every page shows beside its own matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk.casework.office import Office
from kiosk.desk import demonstration, wording
from kiosk.desk.cited import written_citations
from kiosk.identity.people import Session
from kiosk.law.article import short_name

FOLDER = Path(__file__).parent


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        day=wording.day_words,
        moment=wording.moment_words,
        short_moment=wording.short_moment,
        hours=wording.hours_words,
        month=wording.month_words,
        law=short_name,
        written=written_citations,
    )
    environment.globals.update(
        case_words=wording.CASE_STATUS,
        diary_words=wording.DIARY_STATUS,
        answer_words=wording.ANSWERS,
        author_words=wording.AUTHORS,
        is_overdue=wording.is_overdue,
        answer_by_words=wording.answer_by_words,
        matters=wording.MATTERS,
    )
    return environment


class Pages:
    """Renders templates. A name that a template asks for and nobody gave is an error, never an empty place."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._environment = _environment()

    def page(self, template: str, *, code: int = 200, session: Session | None = None, done: str = "", **values: Any) -> HTMLResponse:
        """`session` None: the frame without navigation. `done` is a key of wording.DONE; an unknown one shows nothing."""
        shown = self._office.demonstration()
        html = self._environment.get_template(template).render(
            session=session,
            person_name=self._person_name(session),
            demonstration=shown,
            demonstration_sign_in=(demonstration.SIGN_IN, demonstration.PASSWORD) if shown else None,
            notice=wording.DONE.get(done, ""),
            village_names=self.village_names(),
            **values,
        )
        return HTMLResponse(html, status_code=code)

    def _person_name(self, session: Session | None) -> str:
        if session is None:
            return ""
        return next((advisor.name for advisor in self._office.advisors() if advisor.id == session.person_id), session.name)

    def village_names(self) -> dict[str, str]:
        return {village.id: village.name for village in self._office.villages()}

    def sorry(self, status: int, title: str, sentence: str, *, session: Session | None = None) -> HTMLResponse:
        return self.page("sorry.html", code=status, session=session, title=title, sentence=sentence)
