from smarthealth.testing.errors import ClientGone


def test_a_client_that_is_gone_is_an_exception_of_the_kit() -> None:
    """Handlers of scripted servers may catch it to clean up."""
    assert issubclass(ClientGone, Exception)
