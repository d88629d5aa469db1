"""Asking, answering and going back."""

from matchwright.labelling import Session


def test_answers_follow_the_queue_until_it_is_done():
    session = Session((("left:1", "right:1"), ("left:2", "right:2")))
    assert session.current == ("left:1", "right:1")
    session = session.answer("1").answer("unsure")
    assert session.done
    assert session.answers == (("left:1", "right:1", "1"), ("left:2", "right:2", "unsure"))


def test_going_back_takes_the_last_answer_away():
    session = Session((("left:1", "right:1"), ("left:2", "right:2"))).answer("1")
    assert session.back() == Session(session.queue)
    assert session.back().back() == Session(session.queue)
    assert session.back().answer("0").answers == (("left:1", "right:1", "0"),)


def test_more_questions_come_after_those_asked_and_back_reaches_before_them():
    session = Session(()).ask([("left:1", "right:1")]).answer("1")
    assert session.done
    session = session.ask([("left:2", "right:2")])
    assert session.current == ("left:2", "right:2")
    assert session.back().current == ("left:1", "right:1")
