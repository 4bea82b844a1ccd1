from tests.apps.workspace.conftest import ANA, BEN, OpenOffice


async def test_the_application_is_what_the_document_says(open_office: OpenOffice) -> None:
    """One path, open without a token, closed to whom a conversation does not belong."""
    async with open_office() as office:
        (endpoint,) = office.application.endpoints
        assert (office.application.name, endpoint.path) == ("workspace", "/ws/chat/{conversation_id}")
        assert (endpoint.authentication, endpoint.query) == ("optional", ("invite",))
        assert await office.may_enter("mine", ANA)
        assert not await office.may_enter("mine", BEN)
        assert await office.may_enter("mine", ANA, "an invite that is none does not keep the owner out")
        assert not await office.may_enter("never opened", ANA, "an invite that is none")
        assert await office.may_enter("any")
        (await office.visit("mine", ANA)).leave()
