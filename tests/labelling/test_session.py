"""A labelling session: questions, answers and going back."""

from matchwright.labelling import Session


def test_the_session_asks_about_the_pairs_of_its_queue_in_order():
    session = Session((("left:1", "right:1"), ("left:2", "right:2")))
    assert session.current == ("left:1", "right:1")
    session = session.answer("1").answer("unsure")
    assert session.done
    assert session.answers == (("left:1", "right:1", "1"), ("left:2", "right:2", "unsure"))


def test_going_back_removes_the_last_answer():
    session = Session((("left:1", "right:1"), ("left:2", "right:2"))).answer("1")
    assert session.back() == Session(session.queue)
    assert session.back().back() == Session(session.queue)
    assert session.back().answer("0").answers == (("left:1", "right:1", "0"),)


def test_new_questions_come_last_and_going_back_reaches_earlier_questions():
    session = Session(()).ask([("left:1", "right:1")]).answer("1")
    assert session.done
    session = session.ask([("left:2", "right:2")])
    assert session.current == ("left:2", "right:2")
    assert session.back().current == ("left:1", "right:1")
