// Writes changesets.json: what @codemirror/state says about pairs of changes of one text.
// node tests/golden/make_changesets.mjs FOLDER_WITH_NODE_MODULES > tests/golden/changesets.json
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2] ?? "web", "package.json"));
const { ChangeSet, Text } = require("@codemirror/state");

const toText = (text) => Text.of(text.split("\n"));

function outcome(name, text, a, b) {
  const document = toText(text);
  const aOverB = a.map(b, true);
  const bOverA = b.map(a);
  const composed = a.compose(bOverA);
  return {
    name,
    text,
    a: a.toJSON(),
    b: b.toJSON(),
    composed: composed.toJSON(),
    a_over_b: aOverB.toJSON(),
    b_over_a: bOverA.toJSON(),
    text_after: composed.apply(document).toString(),
    a_inverse: a.invert(document).toJSON(),
    b_composed: b.compose(aOverB).toJSON(),
  };
}

function of(text, changes) {
  return ChangeSet.of(changes, text.length, "\n");
}

const named = [
  ["nothing", "abc", [], []],
  ["empty text", "", [{ from: 0, insert: "x" }], [{ from: 0, insert: "y" }]],
  ["insert at one place", "abc", [{ from: 1, insert: "X" }], [{ from: 1, insert: "Y" }]],
  ["insert at both ends", "abc", [{ from: 0, insert: "X" }], [{ from: 3, insert: "Y" }]],
  ["the same deletion", "abcdef", [{ from: 1, to: 4 }], [{ from: 1, to: 4 }]],
  ["overlapping deletions", "abcdef", [{ from: 1, to: 4 }], [{ from: 2, to: 6 }]],
  ["insert inside a deletion", "abcdef", [{ from: 3, insert: "X" }], [{ from: 1, to: 5 }]],
  ["insert at a deletion's start", "abcdef", [{ from: 1, insert: "X" }], [{ from: 1, to: 5 }]],
  ["insert at a deletion's end", "abcdef", [{ from: 5, insert: "X" }], [{ from: 1, to: 5 }]],
  ["the same replacement", "abcdef", [{ from: 1, to: 4, insert: "X" }], [{ from: 1, to: 4, insert: "Y" }]],
  ["a replacement in a replacement", "abcdef", [{ from: 2, to: 4, insert: "X" }], [{ from: 1, to: 5, insert: "Y" }]],
  ["overlapping replacements", "abcdef", [{ from: 0, to: 4, insert: "X\nY" }], [{ from: 2, to: 6, insert: "Z" }]],
  ["several in one", "abcdefgh", [{ from: 0, to: 8, insert: "W" }], [{ from: 1, insert: "1" }, { from: 3, to: 5 }, { from: 7, insert: "2" }]],
  ["lines", "a\nb\nc", [{ from: 1, to: 3, insert: "\n\n" }], [{ from: 2, insert: "B\n" }]],
  ["deleting a line end", "a\nb", [{ from: 1, to: 2 }], [{ from: 1, insert: "!" }]],
  ["after a smile", "a😀b", [{ from: 3, insert: "X" }], [{ from: 1, insert: "Y" }]],
  ["deleting a smile", "a😀b", [{ from: 1, to: 3 }], [{ from: 3, insert: "Y" }]],
  ["inserting smiles", "ab", [{ from: 1, insert: "😀😁" }], [{ from: 1, insert: "é👩‍🔬" }]],
  ["replacing everything", "x = 1\n", [{ from: 0, to: 6, insert: "" }], [{ from: 4, to: 5, insert: "2" }]],
];

let state = 20261122;
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
}

const alphabet = ["a", "b", "c", "\n", "é", "中", "😀", "𝛼", " "];
function words(most) {
  let text = "";
  for (let n = random(most + 1); n > 0; n--) text += alphabet[random(alphabet.length)];
  return text;
}

function snap(text, at) {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

function changes(text) {
  const list = [];
  let at = 0;
  for (let n = random(4); n > 0 && at <= text.length; n--) {
    const from = snap(text, at + random(text.length - at + 1));
    const to = random(2) ? from : snap(text, from + random(text.length - from + 1));
    const insert = random(3) ? words(4) : "";
    if (from < at) break;
    list.push({ from, to: Math.max(from, to), insert });
    at = Math.max(from, to);
  }
  return of(text, list);
}

const cases = named.map(([name, text, a, b]) => outcome(name, text, of(text, a), of(text, b)));
for (let n = 1; n <= 300; n++) {
  const text = words(14);
  cases.push(outcome(`random ${n}`, text, changes(text), changes(text)));
}
process.stdout.write(`[\n${cases.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
