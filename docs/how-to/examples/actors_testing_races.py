"""Find a race by trying schedules, and prove that a cancellation does no harm by trying every step."""

import attrs
import trio

from smarthealth.actors import Actor, ActorRef, ChildSpec, Request, open_system
from smarthealth.actors.testing import ScenarioFailed, cancel_sweep, explore


@attrs.frozen
class Withdraw(Request[bool]):
    """Asks for money."""

    amount: int


class Account:
    """Shared by the tills, which is the mistake."""

    balance = 100


class Till(Actor[Withdraw]):
    """Looks first, takes later."""

    def __init__(self, account: Account) -> None:
        self.account = account

    async def handle(self, message: Withdraw) -> bool:
        """Pay out, if there is enough."""
        if self.account.balance < message.amount:
            return False
        await trio.lowlevel.checkpoint()  # stands for a query; here another till may look, too
        self.account.balance -= message.amount
        return True


async def draw_twice(account: Account, tills: int) -> None:
    """Two customers at once, at one till or at two."""
    async with open_system("bank") as system:
        refs: list[ActorRef[Withdraw]] = [
            await system.start_child(ChildSpec(name=f"till-{number}", start=lambda: Till(account)))
            for number in range(tills)
        ]
        async with trio.open_nursery() as nursery:
            for customer in range(2):
                nursery.start_soon(refs[customer % tills].ask, Withdraw(80))


async def one_till() -> None:
    """One actor handles one thing at a time."""
    account = Account()
    await draw_twice(account, tills=1)
    assert account.balance == 20


async def two_tills() -> None:
    """Two actors that share an object have a race."""
    account = Account()
    await draw_twice(account, tills=2)
    assert account.balance == 20, f"the balance is {account.balance}"


if __name__ == "__main__":
    explore(one_till, seeds=range(100))
    print("one till: sound under 100 schedules")
    print("one till: sound when cancelled at any of", cancel_sweep(one_till), "steps")
    try:
        explore(two_tills, seeds=range(100))
    except ScenarioFailed as failed:
        print("two tills:", failed)
