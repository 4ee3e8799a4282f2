"""What a person names in the terminal is found in the project, and what cannot be found is answered with what there is."""

from datetime import UTC, datetime

import pytest

from deepforge.cli.choices import (
    Graph,
    choose_artifacts,
    choose_attributes,
    choose_outputs,
    find_pipeline,
    find_project,
)
from deepforge.errors import DeepForgeError, Invalid, NotFound
from deepforge.ids import ArtifactId, BlobHash, ProjectId, RecordId
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.interface import Attribute, AttributeKind, Interface
from deepforge.model.project import AttributeOverride, InputOverride, OutputOverride, Project
from deepforge.model.records import (
    Input,
    Node,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    Record,
    Wire,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PIPELINE = RecordId("p1")


def record(id: str) -> RecordId:
    return RecordId(id)


def artifact(id: str, name: str) -> Artifact:
    return Artifact(
        id=ArtifactId(id),
        project=ProjectId("project"),
        name=name,
        type="Dataset",
        blob=BlobInfo(hash=BlobHash("0" * 64), size=1),
        created=NOW,
    )


ARTIFACTS = (artifact("a3", "traindata"), artifact("a2", "testdata"), artifact("a1", "traindata"))
RECORDS: tuple[Record, ...] = (
    Pipeline(id=PIPELINE, name="train"),
    Pipeline(id=record("p2"), name="other"),
    Operation(id=record("o1"), name="train", code=""),
    Node(id=record("n1"), pipeline=PIPELINE, target=OperationRef(operation=record("o1"))),
    Node(id=record("n2"), pipeline=PIPELINE, target=Input(artifact=ArtifactId("a2"))),
    Node(id=record("n3"), pipeline=PIPELINE, target=Output(name="model")),
    Node(id=record("n4"), pipeline=PIPELINE, target=Input(), name="labels"),
    Node(id=record("n5"), pipeline=record("p2"), target=OperationRef(operation=record("o1"))),
    Wire(id=record("w1"), pipeline=PIPELINE, source=record("n2"), output="data", target=record("n1"), input="training_data"),
    Wire(id=record("w2"), pipeline=PIPELINE, source=record("n1"), output="net", target=record("n3"), input="data"),
)
INTERFACES = {
    record("o1"): Interface(
        operation=record("o1"),
        name="train",
        attributes=(
            Attribute(name="epochs", kind=AttributeKind.INTEGER, default=1),
            Attribute(name="rate", kind=AttributeKind.FLOAT, default=0.1),
            Attribute(name="shuffle", kind=AttributeKind.BOOLEAN, default=True),
            Attribute(name="note", kind=AttributeKind.STRING, default="", optional=True),
            Attribute(name="batch", kind=AttributeKind.CHOICE, default=4, choices=(4, 64)),
        ),
    )
}


def graph() -> Graph:
    return find_pipeline(RECORDS, ARTIFACTS, "train")


def project(id: str, name: str) -> Project:
    return Project(id=ProjectId(id), name=name, owner="me", seed="digits", created=NOW, changed=NOW)


@pytest.mark.parametrize("name", ["train", "p1"])
def test_a_pipeline_is_found_by_name_or_id_with_its_own_nodes_and_wires(name: str) -> None:
    found = find_pipeline(RECORDS, ARTIFACTS, name)
    assert (found.pipeline.id, [node.id for node in found.nodes], [wire.id for wire in found.wires]) == (
        PIPELINE,
        ["n1", "n2", "n3", "n4"],
        ["w1", "w2"],
    )


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("train.epochs=3", AttributeOverride(node=record("n1"), name="epochs", value=3)),
        ("n1.rate=1e-3", AttributeOverride(node=record("n1"), name="rate", value=1e-3)),
        ("train.shuffle=False", AttributeOverride(node=record("n1"), name="shuffle", value=False)),
        ("train.note=", AttributeOverride(node=record("n1"), name="note", value="")),
        ("train.note=a=b", AttributeOverride(node=record("n1"), name="note", value="a=b")),
        ("train.note=None", AttributeOverride(node=record("n1"), name="note", value=None)),
        ("train.batch=64", AttributeOverride(node=record("n1"), name="batch", value=64)),
    ],
)
def test_a_value_is_read_as_its_attribute_asks(setting: str, value: AttributeOverride) -> None:
    assert choose_attributes(graph(), INTERFACES, [setting]) == (value,)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("n2=testdata", InputOverride(node=record("n2"), artifact="a2")),
        ("testdata=traindata", InputOverride(node=record("n2"), artifact="a3")),
        ("training_data=a1", InputOverride(node=record("n2"), artifact="a1")),
        ("labels=testdata", InputOverride(node=record("n4"), artifact="a2")),
    ],
    ids=["by id", "by the artifact it has, the newest of a name", "by the port it feeds", "by its own name"],
)
def test_an_input_is_named_in_every_way_that_the_canvas_shows(setting: str, expected: InputOverride) -> None:
    assert choose_artifacts(graph(), ARTIFACTS, [setting]) == (expected,)


@pytest.mark.parametrize("name", ["model", "net", "n3"])
def test_an_output_is_named_by_its_name_its_port_or_its_id(name: str) -> None:
    assert choose_outputs(graph(), [f"{name}=best"]) == (OutputOverride(node=record("n3"), name="best"),)


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ("train.epochs=few", Invalid("'few' is no value of epochs.", hint="It takes a whole number.")),
        ("train.batch=5", Invalid("'5' is no value of batch.", hint="It takes one of: 4, 64.")),
        ("train.shuffle=1", Invalid("'1' is no value of shuffle.", hint="It takes true or false.")),
        ("train.rate=fast", Invalid("'fast' is no value of rate.", hint="It takes a number.")),
        (
            "train.speed=1",
            NotFound("There is no attribute 'speed' in train.", hint="There are: batch, epochs, note, rate, shuffle."),
        ),
        ("test.epochs=1", NotFound("There is no operation 'test' in the pipeline train.", hint="There are: train.")),
        ("epochs=1", Invalid("--set epochs=1 names no attribute.", hint="Write it as NODE.ATTRIBUTE=VALUE.")),
        ("train.epochs", Invalid("--set 'train.epochs' cannot be read.", hint="Write it as NODE.ATTRIBUTE=VALUE.")),
    ],
)
def test_an_attribute_that_cannot_be_set_is_answered_with_what_can(setting: str, error: DeepForgeError) -> None:
    with pytest.raises(type(error)) as raised:
        choose_attributes(graph(), INTERFACES, [setting])
    assert str(raised.value) == str(error)


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ("n2=nothing", NotFound("There is no artifact 'nothing'.", hint="There are: traindata, testdata.")),
        ("x=testdata", NotFound("There is no Input 'x' in the pipeline train.", hint="There are: labels, testdata.")),
        ("n2=", Invalid("--input 'n2=' cannot be read.", hint="Write it as NODE=ARTIFACT.")),
    ],
)
def test_an_input_that_cannot_be_chosen_is_answered_with_what_can(setting: str, error: DeepForgeError) -> None:
    with pytest.raises(type(error)) as raised:
        choose_artifacts(graph(), ARTIFACTS, [setting])
    assert str(raised.value) == str(error)


def test_a_project_is_found_by_name_or_id() -> None:
    projects = [project("x1", "digits"), project("x2", "cifar")]
    assert (find_project(projects, "cifar").id, find_project(projects, "x1").id) == ("x2", "x1")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("mnist", NotFound("There is no project 'mnist'.", hint="There are: digits.")),
        ("digits", Invalid("There are 2 of project 'digits'.", hint="Name one by its id: x1, x2.")),
    ],
)
def test_a_project_that_is_not_clear_is_refused(name: str, error: DeepForgeError) -> None:
    with pytest.raises(type(error)) as raised:
        find_project([project("x1", "digits"), project("x2", "digits")], name)
    assert str(raised.value) == str(error)
