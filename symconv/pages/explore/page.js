// What is seen of a claim: the verdict, the fields, both sides as rows of cells, and the cell that
// is pointed at.  What is computed is in operators.js.

const CLAIM = JSON.parse(document.getElementById("data").textContent);
const MOST_CELLS = 1200;
const MOST_WIRES = 400;
const MOST_TERMS_SHOWN = 24;
const [HEIGHT, LABEL, GAP, BETWEEN] = [30, 18, 22, 4];

const $ = (id) => document.getElementById(id);
const signOf = (number) => String(number).replace("-", "−");
const subscript = (u) => String(u).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).replace("-", "₋");

/** An element with attributes and what is in it. */
function made(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, is] of Object.entries(attributes)) element.setAttribute(name, is);
  element.append(...content);
  return element;
}

// --- what is chosen --------------------------------------------------------------------------

/** Amounts that are numbers in the claim: those of nodes, by "node.amount". */
const NUMBERS = CLAIM.nodes.flatMap((node, i) =>
  Object.entries(OPERATORS[node.op].amounts ?? {})
    .filter(([amount]) => typeof node[amount] === "number")
    .map(([amount, least]) => ({ key: `${i}.${amount}`, node: i, amount, least, from: node[amount] })));

let state = begun();

/** What a page begins with: sizes, changed numbers, typed entries, and the cell that is chosen. */
function begun() {
  return { at: { ...CLAIM.start }, numbers: {}, taps: {}, cell: null, held: false };
}

/** The claim with the numbers that were changed. */
function claimNow() {
  const nodes = CLAIM.nodes.map((node) => ({ ...node }));
  for (const { key, node, amount } of NUMBERS)
    if (key in state.numbers) nodes[node][amount] = state.numbers[key];
  return { ...CLAIM, nodes };
}

/** The entries that were typed, as fractions; undefined where one is no number. */
function typed(name) {
  const parts = (state.taps[name] ?? "").split(/[\s,;]+/).filter(Boolean).map(typedNumber);
  return parts.includes(undefined) ? undefined : parts;
}

/** The entries of the named signals: what was typed, and behind that 1, 2, 3, … */
function entriesGiven() {
  const known = Object.fromEntries(CLAIM.signals.map((name) => [name, typed(name) ?? []]));
  return (name, u) => known[name][u] ?? whole(u + 1);
}

/** Change an entry of a named signal by a number. */
function changeEntry(name, u, by) {
  const given = entriesGiven();
  const list = range(Math.max(u + 1, (typed(name) ?? []).length)).map((v) => given(name, v));
  list[u] = plus(list[u], whole(by));
  state.taps[name] = list.map(written).join(" ");
  $(`taps-${name}`).value = state.taps[name];
  refresh();
}

// --- the address -----------------------------------------------------------------------------

let keeping = null;

/** Write what is chosen behind the # of the address, once nothing has changed for a moment. */
function keepInAddress() {
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
    else if (CLAIM.signals.includes(name)) found.taps[name] = text.slice(0, 2000);
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

/** A slider and a field for an integer. */
function integerField(id, label, limits, get, set, withSlider) {
  const least = limits.least ?? -8;
  const most = limits.largest ?? 24;
  const field = made("input", { type: "number", id, inputmode: "numeric", step: 1, min: limits.least ?? -512, max: limits.largest ?? 512 });
  const slider = made("input", { type: "range", min: least, max: most, step: 1, "aria-label": `${label}, slider` });
  const change = (text) => {
    const number = Number(text);
    const fits = text !== "" && Number.isInteger(number) && allowed(limits, number);
    field.setAttribute("aria-invalid", !fits);
    if (!fits) return;
    set(number);
    slider.max = Math.max(most, number);
    slider.value = number;
    refresh();
  };
  field.addEventListener("input", () => change(field.value));
  slider.addEventListener("input", () => { field.value = slider.value; change(slider.value); });
  const show = () => {
    field.value = get();
    field.removeAttribute("aria-invalid");
    slider.max = Math.max(most, get());
    slider.value = get();
  };
  FIELDS.push(show);
  return made("div", { class: "row-of-fields" }, made("label", { for: id }, label), field, ...(withSlider ? [slider] : []));
}

const FIELDS = [];

function makeFields() {
  for (const symbol of CLAIM.symbols) {
    const { name } = symbol;
    $("sizes").append(integerField(`size-${name}`, name, symbol, () => state.at[name], (a) => { state.at[name] = a; }, true));
  }
  for (const name of CLAIM.signals) $("taps").append(tapsField(name));
  for (const { key, node, amount, least, from } of NUMBERS) {
    const one = CLAIM.nodes[node];
    const what = one.op === "named" ? `length of ${one.letter}` : `${amount} of ${one.letter}`;
    $("numbers-list").append(integerField(`number-${key}`, what, { least: least < 0 ? null : least, largest: null },
      () => state.numbers[key] ?? from,
      (a) => { if (a === from) delete state.numbers[key]; else state.numbers[key] = a; }, false));
  }
  $("numbers").hidden = !NUMBERS.length;
}

function tapsField(name) {
  const id = `taps-${name}`;
  const field = made("input", { type: "text", id, placeholder: "1 2 3 …", autocomplete: "off", spellcheck: "false", "aria-label": `entries of ${name}` });
  const change = (text) => {
    state.taps[name] = text;
    field.setAttribute("aria-invalid", typed(name) === undefined);
    refresh();
  };
  field.addEventListener("input", () => change(field.value));
  const button = (words, fill) => {
    const one = made("button", { type: "button", "aria-label": `${words} as entries of ${name}` }, words);
    one.addEventListener("click", () => { field.value = fill(); change(field.value); });
    return one;
  };
  const many = (entry) => () => range(longest(name)).map(entry).join(" ");
  FIELDS.push(() => { field.value = state.taps[name] ?? ""; field.setAttribute("aria-invalid", typed(name) === undefined); });
  return made("div", { class: "row-of-fields" }, made("label", { for: id }, name), field,
    button("1 2 3", () => ""), button("ones", many(() => 1)),
    button("random", many(() => Math.floor(Math.random() * 19) - 9)));
}

/** How many entries a named signal has now. */
function longest(name) {
  const i = CLAIM.nodes.findIndex((node) => node.op === "named" && node.name === name);
  return current ? current.read.sizes[i] ?? 0 : 8;
}

// --- the verdict -----------------------------------------------------------------------------

function tellVerdict() {
  const { verdict } = CLAIM;
  $("statement").textContent = CLAIM.statement;
  $("claim").textContent = CLAIM.claim;
  $("quantifiers").textContent = `${CLAIM.quantifiers}.`.replace(/^f/, "F");
  $("verdict").className = verdict.kind;
  $("verdict-said").textContent = verdict.said;
  $("told").append(...[...verdict.told, CLAIM.why].filter(Boolean).map((text) => made("p", {}, text)));
  (verdict.counterexamples ?? []).forEach((found, i) => {
    const button = made("button", { type: "button" }, i ? "The smallest one with entries" : "The smallest counterexample");
    button.addEventListener("click", () => {
      state = begun();
      Object.assign(state.at, found.lengths);
      for (const [name, entries] of Object.entries(found.signals)) state.taps[name] = entries.join(" ");
      const side = CLAIM.sides[0];
      if (found.index !== null && "node" in side) {
        state.cell = [0, side.node, found.index];
        state.held = true;
      }
      showFields();
      refresh();
    });
    $("counterexamples").append(button, " ");
  });
}

function showFields() {
  for (const show of FIELDS) show();
  $("numbers").open ||= Object.keys(state.numbers).length > 0;
}

/** What holds at the present sizes, in sentences with a mark. */
function tellHere(read, found) {
  const told = [];
  const say = (good, text) => told.push(made("p", { class: good === null ? "" : good ? "good" : "bad" }, text));
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
    const [a, b] = CLAIM.sides.map(({ node }) => read.sizes[node]);
    say(false, `✗ The left side has ${entriesText(a)}, the right side ${b}.`);
  }
  if (found.outputs?.length) {
    const now = found.outputs.filter((u) => compare(...CLAIM.sides.map(({ node }) => found.entries[node][u])) !== 0);
    say(false, `✗ They differ at ${listed(found.outputs)}, for some entries; with these entries ${
      now.length === found.outputs.length ? "there too" : now.length ? `at ${listed(now)}` : "they happen to be equal"}.`);
  } else if (found.outputs && !found.lengths) say(true, "✓ Both sides are equal here, for all entries.");
  $("here").replaceChildren(...told);
}

const entriesText = (count) => (count === 1 ? "1 entry" : `${count} entries`);
const listed = (numbers) => (numbers.length > 1 ? "outputs " : "output ") +
  numbers.slice(0, 12).join(", ") + (numbers.length > 12 ? `, … (${numbers.length})` : "");

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
    found.entries = read.entries(entriesGiven());
    current = { claim, read, found };
    tellHere(read, found);
    const cells = new Set(CLAIM.sides.flatMap(({ rows }) => rows));
    const count = [...cells].reduce((sum, i) => sum + read.sizes[i], 0);
    if (count > MOST_CELLS) throw new TooLong(`there would be ${count} cells, more than can be looked at`);
    drawSides();
  } catch (error) {
    if (!(error instanceof Undefined || error instanceof TooLong)) throw error;
    const kind = error instanceof Undefined ? "Not defined at these sizes" : "Not drawn";
    const told = made("p", { class: "bad" }, `${kind}: ${error.message}.`);
    if (error instanceof Undefined) { current = null; $("here").replaceChildren(told); } else $("here").append(told);
    $("sides").replaceChildren();
    $("pointed").replaceChildren();
    return;
  }
  point(state.cell, state.held);
}

/** Where the sides differ, or their values where these are numbers or conditions. */
function compared(claim, read) {
  if ("node" in claim.sides[0]) return differences(claim, read);
  const values = claim.sides.map(({ value: e }) => sideValue(e));
  return { values: values.map(String), equal: values[0] === values[1] };
}

function sideValue(e) {
  const isCondition = typeof e === "boolean" || (Array.isArray(e) && /^([=≠≥>≤<]|and|or|not|if|implies|iff)$/.test(e[0]));
  return isCondition ? (holds(e, state.at) ? "true" : "false") : written(value(e, state.at));
}

/** The rows of a side in two groups: kernels, with what they are made of, and the others. */
function groups(side) {
  const { nodes } = current.claim;
  const isKernel = (node, o) => o === 1 && ["convolve", "correlate"].includes(node.op);
  const used = new Set(side.rows.flatMap((i) => nodes[i].of));
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

/** Where the first cell of each node of a group lies, and how far apart its cells are. */
function places(group) {
  const { read } = current;
  const found = new Map();
  for (const i of group) {
    const node = read.nodes[i];
    const [origin, pitch] = found.get(node.of[0]) ?? [0, 1];
    const [shift, stretch] = OPERATORS[node.op].place?.(read.lengths(node), read.amounts[i]) ?? [0, 1];
    found.set(i, [origin + shift * pitch, pitch * stretch]);
  }
  return found;
}

function labelOf(i) {
  const { read } = current;
  const node = read.nodes[i];
  const of = node.of.map((o) => read.nodes[o].letter);
  const sign = OPERATORS[node.op].sign?.(of, read.amounts[i], node);
  return `${node.letter}${sign ? ` = ${sign}` : ""} (${read.sizes[i]})`;
}

function drawSides() {
  const active = document.activeElement?.dataset?.cell;
  $("sides").replaceChildren(...CLAIM.sides.map((side, number) => {
    const title = `${number ? "Right" : "Left"} side${"value" in side ? `: ${side.formula} = ${sideValue(side.value)}` : ""}`;
    const box = made("section", { class: "side", "aria-label": title }, made("h3", {}, title));
    if (side.rows.length) box.append(...groups(side).map((group) => drawGroup(side, number, group)));
    return box;
  }));
  const first = document.querySelector(".side:last-child .net:last-child .cell") ?? document.querySelector(".cell");
  if (first) first.tabIndex = 0;
  if (active) document.querySelector(`[data-cell="${active}"]`)?.focus({ preventScroll: true });
}

function drawGroup(side, number, group) {
  const { read, found } = current;
  const where = places(group);
  const rows = group.filter((i) => read.sizes[i]);
  const least = Math.min(...rows.map((i) => where.get(i)[0]), 0);
  const pitch = Math.min(...rows.filter((i) => read.sizes[i] > 1).map((i) => where.get(i)[1]), 1);
  const texts = rows.flatMap((i) => found.entries[i].map(written));
  const width = Math.min(58, Math.max(28, 8 * Math.max(0, ...texts.map((text) => text.length)) + 8));
  const unit = (width + BETWEEN) / pitch;
  const grid = made("div", { class: "cells", role: "grid", "aria-label": `${number ? "right" : "left"} side` });
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  grid.append(lines);
  let [top, right] = [0, 0];
  for (const i of group) {
    const node = read.nodes[i];
    const row = made("div", { role: "row", "aria-label": labelOf(i) });
    const label = made("div", { class: "rowlabel", role: "rowheader" }, labelOf(i));
    label.style.top = `${top}px`;
    row.append(label);
    const [origin, apart] = where.get(i);
    range(read.sizes[i]).forEach((u) => {
      const text = written(found.entries[i][u]);
      const isOutput = i === side.node && (found.outputs?.includes(u) || (found.lengths && u >= shorter()));
      const cell = made("div", {
        class: `cell${node.op === "named" ? " named" : ""}${isOutput ? " differs" : ""}`,
        role: "gridcell", tabindex: -1, "data-cell": `${number}.${i}.${u}`,
        "aria-label": `${node.letter} ${u}: ${text}${isOutput ? ", differs" : ""}`,
      }, text);
      const x = (origin + apart * u - least) * unit;
      cell.style.cssText = `left:${x}px;top:${top + LABEL}px;width:${width}px${text.length > 6 ? ";font-size:10px" : ""}`;
      right = Math.max(right, x + width);
      row.append(cell);
    });
    grid.append(row);
    top += LABEL + HEIGHT + GAP;
  }
  grid.style.cssText = `height:${top - GAP + 4}px;width:${right + 4}px;min-width:100%`;
  return made("div", { class: "net" }, grid);
}

const shorter = () => Math.min(...CLAIM.sides.map(({ node }) => current.read.sizes[node]));

/** The lines between the cells of a grid: all where they are few, and those to what is read. */
function drawWires(grid, reads) {
  const { read } = current;
  const cells = new Map([...grid.querySelectorAll(".cell")].map((cell) => {
    const { left, top, width } = cell.style;
    return [cell.dataset.cell, [parseFloat(left) + parseFloat(width) / 2, parseFloat(top)]];
  }));
  const lines = { all: [], read: [] };
  let count = 0;
  for (const [name, [x, y]] of cells) {
    const [side, i, u] = name.split(".").map(Number);
    if (read.nodes[i].op === "named") continue;
    const isRead = reads?.has(`${i}.${u}`);
    for (const [, factors] of read.terms(i, u))
      for (const [o, v] of factors) {
        const from = cells.get(`${side}.${read.nodes[i].of[o]}.${v}`);
        if (!from || from[1] >= y) continue;
        const line = `M${from[0]} ${from[1] + HEIGHT}L${x} ${y}`;
        if (isRead) lines.read.push(line);
        else if (count++ < MOST_WIRES) lines.all.push(line);
      }
  }
  const path = (content, kind) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", "path");
    one.setAttribute("d", content.join(""));
    if (kind) one.setAttribute("class", kind);
    return one;
  };
  const all = count > MOST_WIRES ? [] : lines.all;
  grid.querySelector("svg").replaceChildren(path(all), path(lines.read, "read"));
}

// --- the cell that is pointed at ---------------------------------------------------------------

/** Show the formula of a cell, light up what it reads, and its counterpart on the other side. */
function point(cell, held) {
  if (cell && !document.querySelector(`[data-cell="${cell.join(".")}"]`)) [cell, held] = [null, false];
  state.cell = cell;
  state.held = held;
  if (!current) return;
  const read = [null, null];
  if (cell) {
    const [side, i, u] = cell;
    read[side] = current.read.reads(i, u);
    const other = CLAIM.sides[1 - side].node;
    if (i === CLAIM.sides[side].node && u < current.read.sizes[other]) read[1 - side] = current.read.reads(other, u);
  }
  for (const one of document.querySelectorAll(".cell")) {
    const [side, i, u] = one.dataset.cell.split(".");
    const isChosen = cell && one.dataset.cell === cell.join(".");
    one.classList.toggle("reads", Boolean(read[side]?.has(`${i}.${u}`)));
    one.classList.toggle("chosen", Boolean(isChosen));
    one.setAttribute("aria-selected", Boolean(isChosen));
  }
  document.querySelectorAll(".cells").forEach((grid) => {
    const one = grid.querySelector(".cell");
    if (one) drawWires(grid, read[one.dataset.cell.split(".")[0]]);
  });
  $("pointed").replaceChildren(...(cell ? formulas(cell) : [made("p", { class: "hint" }, "No cell is chosen.")]));
}

const entryName = (i, u) => current.read.nodes[i].letter + subscript(u);

function formulas([side, i, u]) {
  const told = [formulaOf(i, u)];
  const outputs = CLAIM.sides.map(({ node }) => node);
  if (i === outputs[side] && outputs[0] !== outputs[1]) {
    const other = outputs[1 - side];
    if (u < current.read.sizes[other]) told.push(formulaOf(other, u));
    else told.push([made("p", { class: "bad" }, `The other side has no entry ${u}.`)]);
  }
  return told.flat();
}

/** An entry in what is read directly, in numbers, and in entries of the named signals. */
function formulaOf(i, u) {
  const { read, found } = current;
  const node = read.nodes[i];
  const is = written(found.entries[i][u]);
  const name = entryName(i, u);
  if (node.op === "named") return [made("p", {}, `${name} = ${is}`)];
  const direct = read.terms(i, u).map(([number, factors]) =>
    [number, factors.map(([o, v]) => entryName(node.of[o], v)).join("·")]);
  const lines = [`${name} = ${sumText(direct)} = ${is}`];
  try {
    const polynomial = [...read.polynomial(i, u)].map(([monomial, number]) => [number, monomialText(monomial)]);
    const text = sumText(polynomial);
    if (text !== sumText(direct)) lines.push(`${name} = ${text}`);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    lines.push(`Written out, ${error.message}.`);
  }
  return lines.map((line) => made("p", {}, line));
}

function sumText(terms) {
  const texts = terms.slice(0, MOST_TERMS_SHOWN).map(([number, factors], i) => {
    const size = number.n < 0n ? negative(number) : number;
    const scale = factors && size.n === size.d ? "" : size.d === 1n || !factors ? written(size) : `(${written(size)})`;
    const sign = number.n < 0n ? (i ? " − " : "−") : i ? " + " : "";
    return `${sign}${scale}${factors}`;
  });
  const more = terms.length > MOST_TERMS_SHOWN ? ` + … (${terms.length} terms)` : "";
  return texts.join("") + more || "0";
}

function monomialText(monomial) {
  const counts = new Map();
  for (const factor of monomial ? monomial.split(",") : []) counts.set(factor, (counts.get(factor) ?? 0) + 1);
  const isLong = CLAIM.signals.some((name) => name.length > 1);
  return [...counts].map(([factor, power]) => {
    const [name, u] = factor.split(" ");
    return name + subscript(u) + (power > 1 ? String(power).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]) : "");
  }).join(isLong ? "·" : "");
}

// --- hands and keys ----------------------------------------------------------------------------

const cellOf = (event) => event.target.closest?.(".cell")?.dataset.cell.split(".").map(Number) ?? null;

function isSame(cell) {
  return cell && state.cell && cell.join() === state.cell.join();
}

function listen() {
  const sides = $("sides");
  let drag = null;
  sides.addEventListener("pointerover", (event) => {
    const cell = cellOf(event);
    if (cell && !state.held && !drag && event.pointerType !== "touch") point(cell, false);
  });
  sides.addEventListener("pointerleave", () => { if (!state.held && !drag) point(null, false); });
  sides.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event);
    if (!cell || event.pointerType === "touch") return;
    const node = CLAIM.nodes[cell[1]];
    if (node.op === "named") drag = { name: node.name, u: cell[2], y: event.clientY, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const steps = Math.trunc((drag.y - event.clientY) / 10);
    if (!steps) return;
    drag.y -= steps * 10;
    drag.moved = true;
    changeEntry(drag.name, drag.u, steps);
  });
  addEventListener("pointerup", () => { if (drag) setTimeout(() => { drag = null; }); });
  addEventListener("pointercancel", () => { drag = null; });
  sides.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (!cell || drag?.moved) return;
    if (isSame(cell) && state.held) point(cell, false);
    else point(cell, true);
    keepInAddress();
  });
  sides.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    for (const one of sides.querySelectorAll('.cell[tabindex="0"]')) one.tabIndex = -1;
    event.target.tabIndex = 0;
    if (!isSame(cell)) point(cell, state.held);
  });
  sides.addEventListener("keydown", walked);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.cell) { point(null, false); keepInAddress(); }
  });
  $("reset").addEventListener("click", () => { state = begun(); showFields(); refresh(); });
  addEventListener("hashchange", () => {
    if (location.hash === `#${chosen()}`) return;
    readAddress();
    showFields();
    refresh();
  });
}

/** The arrow keys go to the next cell of a row, and to the nearest one of the row above or below. */
function walked(event) {
  const cell = cellOf(event);
  if (!cell) return;
  const here = event.target;
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
  const row = [...here.parentElement.querySelectorAll(".cell")];
  const place = row.indexOf(here);
  const rows = [...$("sides").querySelectorAll('[role="row"]')].filter((one) => one.querySelector(".cell"));
  const at = rows.indexOf(here.parentElement);
  const nearest = (other) => other && [...other.querySelectorAll(".cell")].reduce((best, one) =>
    Math.abs(parseFloat(one.style.left) - parseFloat(here.style.left)) <
    Math.abs(parseFloat(best.style.left) - parseFloat(here.style.left)) ? one : best);
  const goes = {
    ArrowLeft: () => row[place - 1], ArrowRight: () => row[place + 1], Home: () => row[0], End: () => row.at(-1),
    ArrowUp: () => nearest(rows[at - 1]), ArrowDown: () => nearest(rows[at + 1]),
  }[event.key];
  if (!goes) return;
  event.preventDefault();
  goes()?.focus();
}

tellVerdict();
makeFields();
readAddress();
showFields();
listen();
draw();
