"""What a person does in the browser, step by step; each step waits for what the person would see."""

import re
import secrets
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

__all__ = ["Studio"]

SOON = 15_000  # milliseconds

# The first place, from the lower right, with 60 px of bare canvas all round.
EMPTY_SPOT = """() => {
  const bare = (x, y) => document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')
  for (let y = innerHeight - 160; y > 150; y -= 20)
    for (let x = innerWidth - 160; x > 150; x -= 20)
      if ([[0, 0], [-60, 0], [60, 0], [0, -60], [0, 60]].every(([dx, dy]) => bare(x + dx, y + dy))) return [x, y]
  throw new Error('no bare canvas')
}"""


class Studio:
    """One person at one browser page. `shoot` keeps a picture of what is open only for a moment."""

    def __init__(self, page: Page, shoot: Callable[[str], None] = lambda name: None) -> None:
        self.page = page
        self.shoot = shoot

    def log_in(self, url: str, name: str, *, color: str | None = None) -> None:
        """Open the URL that was printed, and say what one is called (and in what colour one is drawn)."""
        self.page.goto(url)
        welcome = self.page.get_by_role("dialog")
        welcome.get_by_role("textbox", name="Name").fill(name)
        if color is not None:
            welcome.get_by_role("radio", name=color).check()
        welcome.get_by_role("button", name="Begin").click()
        expect(welcome).to_be_hidden()

    def create_project(self, name: str, seed: str) -> None:
        """*Create new…*, a name, a seed from the dropdown, *Create*."""
        self.page.get_by_role("button", name="Create new…").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="Name").fill(name)
        dialog.get_by_role("combobox", name="Start from").click()
        self.page.get_by_role("option", name=seed, exact=True).click()
        self.shoot("S022_name_and_seed")
        dialog.get_by_role("button", name="Create", exact=True).click()
        expect(self.page).to_have_url(re.compile(r"/projects/\w+/main/pipelines"), timeout=SOON)

    def put(self, *records: dict[str, object]) -> None:
        """Store records in the open project as another program would; what the page shows follows."""
        project = self.page.url.split("/projects/")[1].split("/")[0]
        transaction = {"id": secrets.token_hex(8), "label": "By a program", "put": records}
        origin = self.page.url.split("/projects/")[0]
        path = f"{origin}/api/projects/{project}/branches/main"
        version = self.page.request.get(f"{path}/document").json()["version"]
        answer = self.page.request.post(
            f"{path}/transactions", data={"base": version, "transaction": transaction}, headers={"Origin": origin}
        )
        assert answer.ok, answer.text()

    def go(self, screen: str) -> None:
        """A screen of the left rail."""
        self.page.get_by_role("navigation", name="Screens").get_by_role("link", name=screen).click()

    def open_pipeline(self, name: str) -> None:
        self.go("Pipelines")
        card = self.page.get_by_role("article", name=name, exact=True)
        card.get_by_role("link", name=f"Open {name}").click()
        expect(self.page.get_by_role("application", name=f"Pipeline {name}")).to_be_visible(timeout=SOON)

    def new_pipeline(self, name: str) -> None:
        """An empty pipeline of this name, open."""
        self.go("Pipelines")
        self.page.get_by_role("toolbar", name="Actions").get_by_role("button", name="New pipeline").click()
        expect(self.page.get_by_text("This pipeline is empty.")).to_be_visible(timeout=SOON)
        self.page.get_by_role("heading", level=1).get_by_role("button").click()
        field = self.page.get_by_role("heading", level=1).get_by_role("textbox")
        field.fill(name)
        field.press("Enter")
        expect(self.canvas(name)).to_be_visible()

    def canvas(self, name: str) -> Locator:
        return self.page.get_by_role("application", name=f"Pipeline {name}")

    def wires(self) -> Locator:
        return self.page.locator(".graph-wire")

    def port(self, node: str, side: str, name: str) -> Locator:
        """The circle of an input or output of the first node of this name."""
        return self.page.get_by_role("button", name=re.compile(rf"^{side} {name}\b.* of {re.escape(node)},")).first

    def empty_spot(self) -> tuple[float, float]:
        """A place of the canvas with nothing near it."""
        x, y = self.page.evaluate(EMPTY_SPOT)
        return float(x), float(y)

    def add(self, name: str) -> None:
        """`/`, the name, Enter: the node is there, opened."""
        self.page.keyboard.press("/")
        self.choose_node(name)

    def choose_node(self, name: str) -> None:
        """In the dialog that adds nodes."""
        dialog = self.page.get_by_role("dialog", name="Add a node")
        dialog.get_by_role("textbox", name="Search operations").fill(name)
        expect(dialog.get_by_role("option", name=name, exact=True)).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(self.page.get_by_role("group").filter(has=self.page.get_by_role("region"))).to_be_visible()

    def connect(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Click the output, then the input: (node, port) each."""
        before = self.wires().count()
        self.port(source[0], "output", source[1]).click()
        self.port(target[0], "input", target[1]).click()
        expect(self.wires()).to_have_count(before + 1)

    def node(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def node_by_id(self, record: str) -> Locator:
        return self.page.locator(f'[role="group"][data-id="{record}"]')

    def select(self, name: str) -> Locator:
        """Click a node; it opens in place."""
        return self._opened(self.node(name).first)

    def _opened(self, node: Locator) -> Locator:
        node.click()
        opened = node.get_by_role("region")
        expect(opened).to_be_visible()
        return opened

    def deselect(self) -> None:
        """Esc: a field that is being typed in lets go first, then the selection."""
        if self.page.evaluate("document.activeElement.matches('input, select')"):
            self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")

    def choose_artifact(self, record: str, artifact: str) -> list[str]:
        """Click the value of an Input's `artifact` and take one; what was offered is returned."""
        self._opened(self.node_by_id(record)).get_by_role("button", name=re.compile("^artifact:")).click()
        offered = self.page.get_by_role("dialog").get_by_role("option")
        expect(offered.first).to_be_visible()
        self.shoot("S041_what_fits")
        names = [text.split("\n")[0] for text in offered.all_inner_texts()]
        offered.filter(has=self.page.get_by_text(artifact, exact=True)).click()
        expect(self.node(artifact).first).to_be_visible()
        return names

    def look_at_architecture(self, node: str, name: str) -> None:
        """From the reference of an opened node to the drawing of the network, and back."""
        opened = self.select(node)
        opened.get_by_role("button", name=re.compile(rf"\(Architecture\): {name}")).click()
        self.page.get_by_role("dialog").get_by_role("button", name=f"Open {name}").click()
        expect(self.page.get_by_role("application", name=f"Architecture {name}")).to_be_visible(timeout=SOON)
        self.shoot("S042_architecture")
        self.page.go_back()

    def hover_port(self, port: str) -> None:
        """S-046: the port says its full name, and its type."""
        self.page.get_by_role("button", name=re.compile(f"^input {port}:")).hover()
        expect(self.page.get_by_role("tooltip")).to_contain_text(port)
        self.shoot(f"S046_port_{port}")
        self.page.mouse.move(5, 400)

    def execute(self) -> None:
        """*Execute pipeline*, as soon as nothing forbids it."""
        button = self.page.get_by_role("button", name="Execute pipeline")
        expect(button).to_have_attribute("aria-disabled", "false", timeout=SOON)
        button.click()

    def tray(self) -> Locator:
        return self.page.get_by_role("region", name="Executions of this pipeline")

    def wait_for(self, execution: str, status: str, *, seconds: float = 60) -> None:
        """Until the tray of the originating pipeline says so."""
        row = self.tray().get_by_role("listitem").filter(has_text=execution)
        expect(row).to_contain_text(status, timeout=seconds * 1000)

    def open_execution(self, execution: str) -> None:
        self.tray().get_by_role("button", name=re.compile(rf"^{execution}")).click()
        expect(self.page).to_have_url(re.compile("/execution/"))

    def open_job(self, name: str) -> None:
        """From an execution's view, by its node."""
        self.page.get_by_role("group", name=re.compile(rf"^{name}\b")).first.click()
        self.page.get_by_role("button", name="Open job").first.click()
        expect(self.page).to_have_url(re.compile("/job/"))

    def console(self) -> Locator:
        return self.page.get_by_role("region", name="Console")

    def in_sync(self) -> None:
        """The footer says that everything is stored."""
        expect(self.page.get_by_text("IN SYNC", exact=True)).to_be_visible(timeout=SOON)
