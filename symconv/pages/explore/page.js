// What is seen of a claim: the verdict, the fields, both sides as rows or planes of cells, and the
// cell that is pointed at.  What is computed is in operators.js.

const CLAIM = JSON.parse(document.getElementById("data").textContent);
const MOST_CELLS = CLAIM.room;
const MOST_WIRES = 600;
const MOST_TERMS_SHOWN = 24;
// In pixels: a cell of a row and the space below it, one of a plane, and the space between cells.
const [HEIGHT, BELOW, SMALL, BETWEEN, APART] = [28, 26, 22, 3, 12];

const $ = (id) => document.getElementById(id);
const signOf = (number) => String(number).replace("-", "−");
const plainText = (text) => text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);

/** An element with attributes and what is in it. */
function made(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, is] of Object.entries(attributes)) element.setAttribute(name, is);
  element.append(...content);
  return element;
}

// --- what is chosen --------------------------------------------------------------------------

/** Amounts that are numbers in the claim: those of nodes, by "node.amount" or "node.amount.axis". */
const NUMBERS = CLAIM.nodes.flatMap((node, i) => (node.op === "rearrange" ? [] : amountsOf(node))
  .map(([amount, least, axis]) => ({
    key: [i, amount, axis].filter((part) => part !== undefined).join("."), node: i, amount, axis, least,
    from: axis === undefined ? node[amount] : node[amount][axis],
  }))
  .filter(({ from }) => typeof from === "number"));

/** What entries and functions have names, as they stand in the address. */
const TYPED = [...CLAIM.signals, ...CLAIM.functions.map(({ name }) => `${name}()`)];

let state = begun();

/** What a page begins with: sizes, changed numbers, typed entries, and the cell that is chosen. */
function begun() {
  // A signal may be called __proto__.
  return { at: { ...CLAIM.start }, numbers: {}, taps: Object.create(null), cell: null, held: false };
}

/** The claim with the numbers that were changed. */
function claimNow() {
  const nodes = CLAIM.nodes.map((node) => ({ ...node }));
  for (const { key, node, amount, axis } of NUMBERS)
    if (key in state.numbers)
      nodes[node][amount] = axis === undefined ? state.numbers[key] : nodes[node][amount].with(axis, state.numbers[key]);
  return { ...CLAIM, nodes };
}

/** The numbers that were typed, as fractions; undefined where one is no number, or there are too many. */
function typed(name) {
  const parts = (state.taps[name] ?? "").split(/[\s,;]+/, MOST_ENTRIES + 1).filter(Boolean).map(typedNumber);
  if (parts.length > MOST_ENTRIES) return undefined;
  return parts.includes(undefined) ? undefined : parts;
}

/** An entry where none was typed: 1, 2, 3, … of a signal, of either sign for functions; small ones else. */
const usual = (name, u) => whole(nodeOf(name).sizes.length > 1 ? ((3 * u + Math.floor(u / 7)) % 5) - 1 :
  isTried(CLAIM) && u % 2 ? -u - 1 : u + 1);

const nodeOf = (name) => CLAIM.nodes.find((node) => node.op === "named" && node.name === name);

/** The entries of the named tensors: what was typed, and behind that the usual ones. */
function entriesGiven() {
  const known = Object.fromEntries(CLAIM.signals.map((name) => [name, typed(name) ?? []]));
  return (name, u) => known[name][u] ?? usual(name, u);
}

/** The coefficients of a function of which nothing is known: what was typed, or those of 1 + v + v². */
function functionGiven({ function: name, zero }) {
  const given = typed(`${name}()`) ?? [];
  const first = zero === null ? given[0] ?? ONE : value(zero, {});
  return [first, ...(given.length ? given.slice(1) : [ONE, ONE])];
}

/** Put a number in the place of an entry of a named tensor. */
function putEntry(name, u, number) {
  const given = entriesGiven();
  const list = range(Math.max(u + 1, (typed(name) ?? []).length)).map((v) => given(name, v));
  list[u] = number;
  state.taps[name] = list.map(written).join(" ");
  $(`taps-${name}`).value = state.taps[name];
  refresh();
}

const changeEntry = (name, u, by) => putEntry(name, u, plus(entriesGiven()(name, u), whole(by)));

// --- the address -----------------------------------------------------------------------------

let keeping = null;

/** Write what is chosen behind the # of the address, once nothing has changed for a moment. */
function keepInAddress() {
  if (location.protocol === "about:") return; // in a frame of another page, which has the address
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    const hash = `#${chosen()}`;
    if (hash === location.hash) return;
    try {
      history.replaceState(null, "", hash);
    } catch {
      location.replace(hash); // a browser may refuse the other way for a file on a disk
    }
  }, 200);
}

function chosen() {
  const kept = new URLSearchParams();
  for (const [name, number] of Object.entries(state.at)) kept.set(name, number);
  for (const [key, number] of Object.entries(state.numbers)) kept.set(key, number);
  for (const [name, text] of Object.entries(state.taps)) if (text.trim()) kept.set(name, text);
  if (state.held && state.cell) kept.set("@", state.cell.join("."));
  return kept;
}

function readAddress() {
  const found = begun();
  for (const [name, text] of new URLSearchParams(location.hash.slice(1))) {
    const number = /^-?\d{1,3}$/.test(text) ? Number(text) : undefined;
    const symbol = CLAIM.symbols.find((one) => one.name === name);
    const fixed = NUMBERS.find((one) => one.key === name);
    if (symbol && number !== undefined && allowed(symbol, number)) found.at[name] = number;
    else if (fixed && number !== undefined && number >= fixed.least) found.numbers[name] = number;
    else if (TYPED.includes(name)) found.taps[name] = text;
    else if (name === "@" && /^[01]\.\d+\.\d+$/.test(text)) {
      found.cell = text.split(".").map(Number);
      found.held = true;
    }
  }
  state = found;
}

const allowed = ({ least, largest }, number) =>
  Math.abs(number) <= 512 && (least === null || number >= least) && (largest === null || number <= largest);

// --- the fields ------------------------------------------------------------------------------

/** Mark a field, and say what has to stand in it, where something else does. */
function check(field, fits, told = "") {
  field.setAttribute("aria-invalid", !fits);
  $("wrong").textContent = fits ? "" : told;
}

/** A field and a slider for an integer; the slider ends at `most`, and the field goes on. */
function integerField(id, label, limits, most, get, set) {
  const least = limits.least ?? -8;
  const field = made("input", { type: "number", id, inputmode: "numeric", step: 1, min: limits.least ?? -512, max: limits.largest ?? 512 });
  const slider = made("input", { type: "range", min: least, max: most, step: 1, "aria-label": `${label}, slider` });
  const change = (text) => {
    const number = Number(text);
    const fits = text !== "" && Number.isInteger(number) && allowed(limits, number);
    check(field, fits, `${label} has to be an integer from ${field.min} to ${field.max}; it is still ${signOf(get())}.`);
    if (!fits) return;
    set(number);
    slider.max = Math.max(most, number);
    slider.value = number;
    refresh();
  };
  field.addEventListener("input", () => change(field.value));
  field.addEventListener("change", () => show()); // who leaves it sees what is
  slider.addEventListener("input", () => { field.value = slider.value; change(slider.value); });
  const show = () => {
    field.value = get();
    check(field, true);
    slider.max = Math.max(most, get());
    slider.value = get();
  };
  FIELDS.push(show);
  return made("div", { class: "row-of-fields" }, made("label", { for: id }, label), field, slider);
}

const FIELDS = [];

function makeFields() {
  for (const symbol of CLAIM.symbols) {
    const { name } = symbol;
    $("sizes").append(integerField(`size-${name}`, name, symbol, symbol.largest ?? 24, () => state.at[name], (a) => { state.at[name] = a; }));
  }
  for (const name of TYPED) $("taps").append(tapsField(name));
  $("entries").hidden = !TYPED.length;
  for (const { key, node, amount, axis, least, from } of NUMBERS) {
    const one = CLAIM.nodes[node];
    const isOfSeveral = axis !== undefined && one[amount].length > 1;
    const what = `${amount === "sizes" ? (isOfSeveral ? "size" : "length") : amount} of ${one.letter}${isOfSeveral ? `, axis ${axis}` : ""}`;
    $("numbers-list").append(integerField(`number-${key}`, what, { least: least < 0 ? null : least, largest: null }, Math.max(8, 2 * from),
      () => state.numbers[key] ?? from,
      (a) => { if (a === from) delete state.numbers[key]; else state.numbers[key] = a; }));
  }
  $("numbers").hidden = !NUMBERS.length;
}

function tapsField(name) {
  const id = `taps-${name}`;
  const isFunction = name.endsWith("()");
  const told = isFunction ? `${name.replace("()", "(v)")}, coefficients of 1, v, v²` : `entries of ${name}`;
  const field = made("input", { type: "text", id, placeholder: isFunction ? "1 1 1" : `${range(3).map((u) => written(usual(name, u))).join(" ")} …`,
    autocomplete: "off", spellcheck: "false", "aria-label": told });
  const look = () => check(field, typed(name) !== undefined,
    `${told} have to be numbers such as 3 −1/2 0.25; those of before anything was typed stand there meanwhile.`);
  const change = (text) => {
    state.taps[name] = text;
    look();
    refresh();
  };
  field.addEventListener("input", () => change(field.value));
  const button = (words, fill) => {
    const one = made("button", { type: "button", "aria-label": `${words} as entries of ${name}` }, words);
    one.addEventListener("click", () => { field.value = fill(); change(field.value); });
    return one;
  };
  const many = (entry) => () => range(longest(name)).map(entry).join(" ");
  FIELDS.push(() => { field.value = state.taps[name] ?? ""; look(); });
  return made("div", { class: "row-of-fields" }, made("label", { for: id }, isFunction ? told : name), field,
    ...(isFunction ? [] : [button("as at first", () => ""), button("ones", many(() => 1)),
      button("random", many(() => Math.floor(Math.random() * 19) - 9))]));
}

/** How many entries a named signal has now. */
function longest(name) {
  const i = CLAIM.nodes.indexOf(nodeOf(name));
  return current ? current.read.sizes[i] ?? 0 : 8;
}

// --- the verdict -----------------------------------------------------------------------------

function tellVerdict() {
  const { verdict } = CLAIM;
  $("claim").textContent = CLAIM.claim;
  const title = document.querySelector("h1");
  $("claim").hidden = title.textContent === CLAIM.claim;
  title.classList.toggle("formula", $("claim").hidden);
  $("quantifiers").textContent = `${CLAIM.quantifiers}.`.replace(/^f/, "F");
  $("verdict").className = verdict.kind;
  $("verdict-said").textContent = `${{ proved: "✓ ", refuted: "✗ ", unknown: "" }[verdict.kind]}${verdict.said}`;
  $("extent").textContent = (verdict.extent ?? []).join(" ");
  const told = [...verdict.told, CLAIM.why].filter(Boolean);
  $("told").append(...told.map((text) => made("p", {}, text)));
  $("why").hidden = !told.length;
  (verdict.counterexamples ?? []).forEach((found, i) => {
    const button = made("button", { type: "button" }, i ? "The smallest one with entries" : "The smallest counterexample");
    button.addEventListener("click", () => showCounterexample(found));
    $("counterexamples").append(...(i ? [" "] : []), button);
  });
}

function showCounterexample(found) {
  state = begun();
  Object.assign(state.at, found.lengths);
  const entries = { ...found.signals };
  for (const [name, coefficients] of Object.entries(found.functions)) entries[`${name}()`] = coefficients;
  for (const [name, numbers] of Object.entries(entries))
    if (TYPED.includes(name)) state.taps[name] = [numbers].flat(Infinity).join(" ");
  const { node } = CLAIM.sides[0];
  if (found.index !== null && node !== undefined) {
    const shape = new AtSizes(CLAIM, state.at).shapes[node];
    state.cell = [0, node, flat([found.index].flat(), shape)];
    state.held = true;
  }
  showFields();
  refresh();
}

function showFields() {
  for (const show of FIELDS) show();
  $("numbers").open ||= Object.keys(state.numbers).length > 0;
}

/** What holds at the present sizes, in sentences with a mark. */
function tellHere(read, found) {
  const told = [];
  const say = (good, text) => told.push(made("span", { class: good === null ? "" : good ? "good" : "bad" }, text));
  const isSame = !Object.keys(state.numbers).length;
  if (!isSame) say(null, "Numbers of the claim were changed: what follows is about these sizes alone.");
  const left = isSame ? CLAIM.given.filter(({ condition }) => !holds(condition, state.at)) : [];
  for (const { text } of left) say(false, `The hypothesis ${text} does not hold here, so that nothing is claimed.`);
  const condition = CLAIM.verdict.condition;
  if (isSame && condition !== undefined && condition !== null && !left.length) {
    const is = holds(condition, state.at);
    say(is, is ? "✓ The exact condition holds at these sizes." : "✗ The exact condition does not hold at these sizes.");
  }
  if (found.values) {
    const [a, b] = found.values;
    say(found.equal, found.equal ? `✓ Both sides are ${a}.` : `✗ The left side is ${a}, the right side ${b}.`);
  } else if (found.lengths) {
    const [a, b] = CLAIM.sides.map(({ node }) => read.shapes[node]);
    say(false, `✗ The left side has ${entriesText(a)}, the right side ${b.length === 1 ? b[0] : shapeText(b)}.`);
  }
  if (found.outputs?.length) {
    const [, other] = CLAIM.sides.map(({ node }) => found.entries[node]);
    const now = found.outputs.filter((u) =>
      compare(found.entries[CLAIM.sides[0].node][u], other[counterpart(CLAIM, read, 0, u)]) !== 0);
    const shape = read.shapes[CLAIM.sides[0].node];
    say(false, `✗ They differ at ${listed(found.outputs, shape)}, for some entries; with these entries ${
      now.length === found.outputs.length ? "there too" : now.length ? `at ${listed(now, shape)}` : "they happen to be equal"}.`);
  } else if (found.outputs && !found.lengths)
    say(true, found.isSure || (CLAIM.verdict.complete && isSame && !left.length) ? "✓ Both sides are equal here, for all entries." :
      "✓ Both sides are equal here, for all entries that were tried.");
  $("here").replaceChildren(...told);
}

const entriesText = (shape) => (shape.length > 1 ? `the shape ${shapeText(shape)}` : shape[0] === 1 ? "1 entry" : `${shape[0]} entries`);
const shapeText = (shape) => `(${shape.join(", ")})`;
const listed = (numbers, shape) => (numbers.length > 1 ? "outputs " : "output ") +
  numbers.slice(0, shape.length > 1 ? 4 : 12).map((u) => (shape.length > 1 ? shapeText(unflat(u, shape)) : u)).join(", ") +
  (numbers.length > (shape.length > 1 ? 4 : 12) ? `, … (${numbers.length})` : "");

// --- the networks ----------------------------------------------------------------------------

let current = null;
let waiting = false;

/** Compute and draw again, once before the next picture. */
function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); keepInAddress(); });
}

function draw() {
  const claim = claimNow();
  try {
    const read = new AtSizes(claim, state.at);
    const found = compared(claim, read);
    found.entries = read.entries(entriesGiven(), functionGiven);
    current = { claim, read, found };
    tellHere(read, found);
    const count = CLAIM.sides.flatMap(({ rows }) => rows).reduce((sum, i) => sum + read.sizes[i], 0);
    if (count > 2 * MOST_CELLS) throw new TooLong(`there would be ${count} cells, more than can be looked at`);
    drawSides();
  } catch (error) {
    if (!(error instanceof Undefined || error instanceof TooLong)) throw error;
    const kind = error instanceof Undefined ? "Not defined at these sizes" : "Not drawn";
    const told = made("span", { class: "bad" }, `${kind}: ${error.message}.`);
    if (error instanceof Undefined) { current = null; $("here").replaceChildren(told); } else $("here").append(told);
    $("sides").replaceChildren();
    SPOTS.clear();
    tellCell(null);
    return;
  }
  point(state.cell, state.held);
}

/** Where the sides differ, or their values where these are numbers or conditions. */
function compared(claim, read) {
  if ("node" in claim.sides[0]) return differences(claim, read);
  const values = claim.sides.map(({ value: e }) => sideValue(e, read));
  return { values: values.map(String), equal: values[0] === values[1] };
}

/** A side that is a number or a condition; sizes of tensors stand in it as "#node.axis". */
function sideValue(e, read) {
  const sizes = read.shapes.flatMap((shape, i) => shape.map((size, axis) => [`#${i}.${axis}`, size]));
  const at = { ...state.at, ...Object.fromEntries(sizes) };
  const isCondition = typeof e === "boolean" || (Array.isArray(e) && /^([=≠≥>≤<]|and|or|not|if|implies|iff)$/.test(e[0]));
  return isCondition ? (holds(e, at) ? "true" : "false") : written(value(e, at));
}

/** The rows of a side in two groups: kernels, with what they are made of, and the others. */
function groups(side) {
  const { nodes } = current.claim;
  const isKernel = (node, o) => o === 1 && ["convolve", "correlate", "conv"].includes(node.op);
  const used = new Set();
  const use = (i) => nodes[i].of.forEach((o) => { if (!used.has(o)) { used.add(o); use(o); } });
  side.rows.forEach(use);
  const main = new Set();
  const open = side.rows.filter((i) => !used.has(i));
  while (open.length) {
    const i = open.pop();
    if (main.has(i)) continue;
    main.add(i);
    open.push(...nodes[i].of.filter((_, o) => !isKernel(nodes[i], o)));
  }
  return [side.rows.filter((i) => !main.has(i)), side.rows.filter((i) => main.has(i))].filter((g) => g.length);
}

/** Where the first cell of each row lies, and how far apart its cells are. */
function places() {
  const { read } = current;
  const found = [];
  read.nodes.forEach((node, i) => {
    const isRow = read.shapes[i].length === 1 && node.of.length && read.shapes[node.of[0]].length === 1;
    const [origin, pitch] = isRow ? found[node.of[0]] : [0, 1];
    const lengths = read.shapesOf(node).map((shape) => shape[0]);
    const [shift, stretch] = (isRow && OPERATORS[node.op].place?.(lengths, read.amounts[i])) || [0, 1];
    found.push([origin + shift * pitch, pitch * stretch]);
  });
  return found;
}

/** How a node is made, as it stands in a label; of one that is not drawn, of what it is made. */
function signText(i) {
  const { read } = current;
  const node = read.nodes[i];
  let [{ axis, of }, inner] = [node, node.of[0]];
  while (axis !== undefined && !isShown(inner) && isAlike(i, inner)) {
    axis = `${read.nodes[inner].axis}, ${axis}`;
    [of, inner] = [read.nodes[inner].of, read.nodes[inner].of[0]];
  }
  const texts = of.map((o) => (isShown(o) ? read.nodes[o].letter : signText(o)));
  return OPERATORS[node.op].sign?.(texts, read.amounts[i], { ...node, axis }, read.shapesOf(node)) ?? node.letter;
}

const isShown = (i) => DRAWN.has(i) || current.read.nodes[i].op === "named";

/** Whether two nodes do the same, along different axes. */
function isAlike(i, j) {
  const { nodes, amounts } = current.read;
  return nodes[i].op === nodes[j].op && nodes[i].mode === nodes[j].mode && JSON.stringify(amounts[i]) === JSON.stringify(amounts[j]);
}

const DRAWN = new Set(CLAIM.sides.flatMap(({ rows }) => rows));

/** The cells that are drawn: where, in pixels, and as which element. */
const SPOTS = new Map();

function drawSides() {
  const active = document.activeElement?.dataset?.cell;
  const where = places();
  SPOTS.clear();
  const drawn = [];
  $("sides").innerHTML = CLAIM.sides.map((side, number) => {
    const formula = Object.keys(state.numbers).length ? "" : `${side.formula} = `; // it is that of the claim as it was
    const title = `${number ? "Right" : "Left"} side${"value" in side ? `: ${formula}${current.found.values[number]}` : ""}`;
    let top = 0;
    const nets = (side.rows.length ? groups(side) : []).map((group) => {
      const net = drawGroup(side, number, group, where, top);
      drawn.push(net);
      top += net.height + 1000;
      return net.html;
    });
    return `<section class="side" aria-label="${plainText(title)}"><h2>${plainText(title)}</h2>${nets.join("")}</section>`;
  }).join("");
  for (const element of $("sides").getElementsByClassName("cell")) SPOTS.get(element.dataset.cell).element = element;
  document.querySelectorAll(".cells").forEach((grid, i) => { drawn[i].wires = grid.querySelector("path.read"); });
  current.nets = drawn;
  for (const side of $("sides").children) {
    const stop = side.querySelector(".net:last-child .row:last-child .cell") ?? side.querySelector(".cell");
    if (stop) stop.tabIndex = 0;
  }
  current.marked = [];
  if (active) SPOTS.get(active)?.element.focus({ preventScroll: true });
}

/** Where the cells of a node lie in its block, and how large that is. */
function block(i, texts, where, least, unit, width) {
  const shape = current.read.shapes[i];
  if (shape.length < 2) {
    const [origin, apart] = where[i];
    return { at: (u) => [(origin + apart * u - least) * unit, 0], width, height: HEIGHT, isRow: true };
  }
  const wide = Math.min(44, Math.max(22, 7 * Math.max(0, ...texts.map((text) => text.length)) + 8)) + 1;
  const [rows, columns] = shape.slice(-2);
  const count = product(shape.slice(0, -2));
  const planes = Math.max(1, count <= 8 ? count : shape.at(-3)); // that stand side by side
  const across = columns * wide + APART;
  const down = rows * (SMALL + 1) + APART / 2;
  const at = (u) => {
    const [v, place] = [Math.floor(u / columns), u % columns];
    const [plane, row] = [Math.floor(v / rows), v % rows];
    return [(plane % planes) * across + place * wide, Math.floor(plane / planes) * down + row * (SMALL + 1)];
  };
  return { at, width: wide - 1, height: Math.max((count / planes) * down - APART, 2 * SMALL), isRow: false };
}

/** Some nodes below each other: their cells, labels beside them, and the lines between rows. */
function drawGroup(side, number, group, where, offset) {
  const { read, found } = current;
  const rows = group.filter((i) => read.sizes[i] && read.shapes[i].length < 2);
  const least = Math.min(...rows.map((i) => where[i][0]), 0);
  const pitch = Math.min(...rows.filter((i) => read.sizes[i] > 1).map((i) => where[i][1]), 1);
  const longest = Math.max(0, ...rows.flatMap((i) => found.entries[i].map((a) => written(a).length)));
  const width = Math.min(56, Math.max(24, 8 * longest + 6));
  const unit = (width + BETWEEN) / pitch;
  const [labels, cells] = [[], []];
  let [top, right] = [0, 0];
  for (const i of group) {
    const node = read.nodes[i];
    const texts = found.entries[i].map(written);
    const one = block(i, texts, where, least, unit, width);
    const sign = OPERATORS[node.op].sign ? ` = ${signText(i)}` : "";
    const size = read.shapes[i].length === 1 ? read.sizes[i] : shapeText(read.shapes[i]);
    const label = `${node.letter}${sign}, ${size}`;
    labels.push(`<div style="top:${top}px;max-height:${one.height + BELOW - 1}px" title="${plainText(label)}"><b>${node.letter}</b> <small>${size}</small>${
      sign ? `<br>${plainText(sign.slice(3))}` : ""}</div>`);
    const base = `cell${one.isRow ? "" : " small"}${node.op === "named" ? " named" : ""}`;
    const isOutput = i === side.node;
    const parts = texts.map((text, u) => {
      const differs = isOutput && differsAt(number, u);
      const [x, y] = one.at(u);
      const name = `${number}.${i}.${u}`;
      SPOTS.set(name, { x, y: top + y, width: one.width, height: one.isRow ? HEIGHT : SMALL, top: offset + top + y, isRow: one.isRow });
      right = Math.max(right, x + one.width);
      return `<div class="${base}${differs ? " differs" : ""}${text.length > (one.isRow ? 6 : 5) ? " long" : ""}" role="gridcell" tabindex="-1" data-cell="${name}" aria-label="${
        entryName(i, u)} ${isExact(found.entries[i][u]) ? "=" : "≈"} ${text}${differs ? ", differs" : ""}" style="left:${x}px;top:${top + y}px;width:${one.width}px">${text}</div>`;
    });
    cells.push(`<div role="row" class="${one.isRow ? "row" : "planes"}" aria-label="${plainText(label)}">${parts.join("")}</div>`);
    top += one.height + BELOW;
  }
  const height = top - BELOW + 6;
  const html = `<div class="net" tabindex="-1"><div class="labels" aria-hidden="true">${labels.join("")}</div><div class="cells" role="grid" aria-label="${
    number ? "right" : "left"} side" style="height:${height}px;width:${right + 2}px"><svg aria-hidden="true"><path d="${
    wires(number, group)}"/><path class="read"/></svg>${cells.join("")}</div></div>`;
  return { html, height, number, group, lines: "" };
}

/** Whether an output differs from that of the other side, for some entries. */
function differsAt(side, u) {
  const { claim, read, found } = current;
  const other = counterpart(claim, read, side, u);
  found.differing ??= new Set(found.outputs);
  return other < 0 || found.differing.has(side ? other : u);
}

/** The lines between rows of cells as a path, if they are not too many to be told apart. */
function wires(number, group, only = null) {
  const { read } = current;
  const lines = [];
  for (const i of group) {
    if (read.nodes[i].op === "named" || (!only && read.shapes[i].length > 1)) continue;
    for (let u = 0; u < read.sizes[i]; u++) {
      if (only && !only.has(`${i}.${u}`)) continue;
      const to = SPOTS.get(`${number}.${i}.${u}`);
      for (const [o, v] of shownOperands(i, u)) {
        const from = SPOTS.get(`${number}.${o}.${v}`);
        if (!from || from.y >= to.y || (!only && !from.isRow) || !group.includes(o)) continue;
        lines.push(`M${from.x + from.width / 2} ${from.y + from.height}L${to.x + to.width / 2} ${to.y}`);
        if (lines.length > MOST_WIRES) return "";
      }
    }
  }
  return lines.join("");
}

/** The cells that an entry is directly made of, through nodes that are not drawn. */
function shownOperands(i, u) {
  const { read } = current;
  return read.terms(i, u).flatMap(([, factors]) => factors.flatMap(([o, v]) => {
    const operand = read.nodes[i].of[o];
    return isShown(operand) ? [[operand, v]] : shownOperands(operand, v);
  }));
}

// --- the cell that is pointed at ---------------------------------------------------------------

/** Show the formula of a cell, light up what it reads, and its counterpart on the other side. */
function point(cell, held) {
  if (cell && !SPOTS.has(cell.join("."))) [cell, held] = [null, false];
  state.cell = cell;
  state.held = held;
  if (!current) return;
  const { read, claim } = current;
  const reads = [null, null];
  if (cell) {
    const [side, i, u] = cell;
    reads[side] = read.reads(i, u);
    const other = i === CLAIM.sides[side].node ? counterpart(claim, read, side, u) : -1;
    if (other >= 0) reads[1 - side] = read.reads(CLAIM.sides[1 - side].node, other);
  }
  for (const element of current.marked) {
    element.classList.remove("reads", "chosen");
    element.removeAttribute("aria-selected");
  }
  current.marked = [];
  const mark = (name, kind) => {
    const element = SPOTS.get(name)?.element;
    if (!element) return;
    element.classList.add(kind);
    current.marked.push(element);
    if (kind === "chosen") element.setAttribute("aria-selected", "true");
  };
  reads.forEach((names, side) => names?.forEach((name) => mark(`${side}.${name}`, "reads")));
  if (cell) mark(cell.join("."), "chosen");
  for (const net of current.nets) {
    const lines = reads[net.number] ? wires(net.number, net.group, reads[net.number]) : "";
    if (lines !== net.lines) net.wires.setAttribute("d", (net.lines = lines));
  }
  tellCell(cell);
}

/** What stands in the box of the cell: its formulas, or a field for an entry of a named tensor. */
function tellCell(cell) {
  const node = cell && current.read.nodes[cell[1]];
  const isNamed = node?.op === "named";
  $("entry").hidden = !isNamed;
  if (isNamed) {
    document.querySelector("#entry label").textContent = `${entryName(cell[1], cell[2])} =`;
    const field = $("entry-field");
    if (document.activeElement !== field) field.value = written(current.found.entries[cell[1]][cell[2]]);
    $("pointed").replaceChildren();
    return;
  }
  $("pointed").replaceChildren(...(cell ? formulas(cell) :
    [made("p", { class: "hint" }, "Point at a cell to see its formula and what it reads.")]));
}

const indexed = (letter, index) => (index.length ? `${letter}[${index.join(", ")}]` : letter);
const entryName = (i, u) => indexed(current.read.nodes[i].letter, unflat(u, current.read.shapes[i]));

function formulas([side, i, u]) {
  const { claim, read } = current;
  const told = [formulaOf(i, u)];
  const outputs = CLAIM.sides.map(({ node }) => node);
  if (i === outputs[side] && outputs[0] !== outputs[1]) {
    const other = counterpart(claim, read, side, u);
    if (other >= 0) told.push(formulaOf(outputs[1 - side], other));
    else told.push([made("p", { class: "bad" }, `The other side has no entry ${indexed("", unflat(u, read.shapes[i]))}.`)]);
  }
  return told.flat();
}

/** An entry in what is read directly, in numbers, and in entries of the named tensors. */
function formulaOf(i, u) {
  const { read, found } = current;
  const node = read.nodes[i];
  const number = found.entries[i][u];
  const [equals, is] = [isExact(number) ? "=" : "≈", written(number)];
  const name = entryName(i, u);
  if (node.op === "named") return [made("p", {}, `${name} ${equals} ${is}`)];
  const lines = [];
  const write = (whole) => sumText([...read.polynomial(i, u, new Map(), whole)].map(([monomial, number]) => [number, monomialText(monomial)]));
  try {
    const direct = argumentsText(i, u) ?? write((o) => DRAWN.has(o));
    lines.push(`${name} = ${direct} ${equals} ${is}`);
    const text = OPERATORS[node.op].chosen ? direct : write(() => false);
    if (text !== direct) lines.push(`${name} = ${text}`);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    lines.push(`${lines.length ? "Written out" : name}, ${error.message}.`);
  }
  return lines.map((line) => made("p", {}, line));
}

/** A function or a maximum of entries as text; undefined for sums of products. */
function argumentsText(i, u) {
  const node = current.read.nodes[i];
  if (!OPERATORS[node.op].chosen) return undefined;
  const of = argumentTexts(i, u);
  return node.call ? node.call.replace("{0}", of[0] ?? "0") : `max(${of.join(", ")})`;
}

/** What a function or a maximum is taken of; of a maximum that is not drawn, what that is taken of. */
function argumentTexts(i, u) {
  const { read } = current;
  return read.terms(i, u).flatMap(([, factors]) => factors.flatMap(([o, v]) => {
    const operand = read.nodes[i].of[o];
    if (isShown(operand)) return entryName(operand, v);
    if (OPERATORS[read.nodes[operand].op].chosen) return argumentTexts(operand, v);
    return sumText([...read.polynomial(operand, v, new Map(), (p) => DRAWN.has(p))]
      .map(([monomial, number]) => [number, monomialText(monomial)]));
  }));
}

function sumText(terms) {
  const texts = terms.slice(0, MOST_TERMS_SHOWN).map(([number, factors], i) => {
    const size = number.n < 0n ? negative(number) : number;
    const scale = !factors ? written(size) : size.n === size.d ? "" : `${size.d === 1n ? written(size) : `(${written(size)})`}·`;
    const sign = number.n < 0n ? (i ? " − " : "−") : i ? " + " : "";
    return `${sign}${scale}${factors}`;
  });
  const more = terms.length > MOST_TERMS_SHOWN ? ` + … (${terms.length} terms)` : "";
  return texts.join("") + more || "0";
}

function monomialText(monomial) {
  const counts = new Map();
  for (const factor of monomial ? monomial.split(",") : []) counts.set(factor, (counts.get(factor) ?? 0) + 1);
  return [...counts].map(([factor, power]) => {
    const [letter, u] = factor.split(" ");
    const i = NODE_OF_LETTER.get(letter);
    return entryName(i, Number(u)) + (power > 1 ? String(power).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]) : "");
  }).join("·");
}

const NODE_OF_LETTER = new Map(CLAIM.nodes.map((node, i) => [node.letter, i]));

// --- hands and keys ----------------------------------------------------------------------------

const cellOf = (event) => event.target.closest?.(".cell")?.dataset.cell.split(".").map(Number) ?? null;

function isSame(cell) {
  return cell && state.cell && cell.join() === state.cell.join();
}

function listen() {
  const sides = $("sides");
  let [drag, wasHeld] = [null, null];
  sides.addEventListener("pointerover", (event) => {
    const cell = cellOf(event);
    if (cell && !state.held && !drag && event.pointerType !== "touch") point(cell, false);
  });
  sides.addEventListener("pointerleave", () => { if (!state.held && !drag) point(null, false); });
  sides.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event);
    const node = cell && CLAIM.nodes[cell[1]];
    wasHeld = isSame(cell) && state.held; // the focus goes there before it is clicked
    if (node?.op === "named") drag = { name: node.name, u: cell[2], y: event.clientY, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const steps = Math.trunc((drag.y - event.clientY) / 10);
    if (!steps) return;
    drag.y -= steps * 10;
    drag.moved = true;
    changeEntry(drag.name, drag.u, steps);
  });
  const letGo = () => { if (drag) setTimeout(() => { drag = null; }); };
  addEventListener("pointerup", letGo);
  addEventListener("pointercancel", letGo);
  sides.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (!cell || drag?.moved) return;
    point(cell, !(wasHeld ?? (isSame(cell) && state.held)));
    wasHeld = null;
    keepInAddress();
  });
  sides.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    for (const one of event.target.closest(".side").querySelectorAll('.cell[tabindex="0"]')) one.tabIndex = -1;
    event.target.tabIndex = 0;
    if (isSame(cell)) return;
    point(cell, state.held);
    keepInAddress();
  });
  sides.addEventListener("keydown", walked);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.cell) { point(null, false); keepInAddress(); }
  });
  const entry = (change) => () => { if (state.cell) change(CLAIM.nodes[state.cell[1]].name, state.cell[2]); };
  $("less").addEventListener("click", entry((name, u) => changeEntry(name, u, -1)));
  $("greater").addEventListener("click", entry((name, u) => changeEntry(name, u, 1)));
  $("entry-field").addEventListener("input", entry((name, u) => {
    const number = typedNumber($("entry-field").value);
    check($("entry-field"), number !== undefined, "An entry has to be a number such as 3, −1/2 or 0.25.");
    if (number !== undefined) putEntry(name, u, number);
  }));
  $("entry-field").addEventListener("change", () => {
    if (!state.cell) return;
    check($("entry-field"), true);
    $("entry-field").value = written(current.found.entries[state.cell[1]][state.cell[2]]);
  });
  $("reset").addEventListener("click", () => { state = begun(); showFields(); refresh(); });
  addEventListener("hashchange", () => {
    if (location.hash === `#${chosen()}`) return;
    readAddress();
    showFields();
    refresh();
  });
}

/** The arrow keys go to the nearest cell in their direction. */
function walked(event) {
  const cell = cellOf(event);
  if (!cell) return;
  const node = CLAIM.nodes[cell[1]];
  const change = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
  if (change && node.op === "named") {
    event.preventDefault();
    return changeEntry(node.name, cell[2], change);
  }
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    point(cell, !(isSame(cell) && state.held));
    return keepInAddress();
  }
  const here = SPOTS.get(cell.join("."));
  const others = [...SPOTS].filter(([name]) => name.startsWith(`${cell[0]}.`)).map(([, spot]) => spot);
  const level = others.filter((spot) => spot.top === here.top).sort((a, b) => a.x - b.x);
  const place = level.indexOf(here);
  const nearest = (spots, top) => spots.filter((spot) => spot.top === top)
    .reduce((best, one) => (Math.abs(one.x - here.x) < Math.abs(best.x - here.x) ? one : best));
  const above = others.filter((spot) => spot.top < here.top);
  const below = others.filter((spot) => spot.top > here.top);
  const goes = {
    ArrowLeft: () => level[place - 1], ArrowRight: () => level[place + 1], Home: () => level[0], End: () => level.at(-1),
    ArrowUp: () => above.length && nearest(above, Math.max(...above.map(({ top }) => top))),
    ArrowDown: () => below.length && nearest(below, Math.min(...below.map(({ top }) => top))),
  }[event.key];
  if (!goes) return;
  event.preventDefault();
  goes()?.element?.focus();
}

tellVerdict();
makeFields();
if (location.protocol !== "about:") readAddress();
else $("reset").nextElementSibling.remove();
showFields();
listen();
draw();
