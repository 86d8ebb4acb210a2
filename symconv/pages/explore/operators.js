// The operators, and what follows from their definitions: entries, formulas, what a cell reads.
//
// A claim is data: `nodes` are operators with their amounts as expressions in the integer symbols
// (["+", "n", 1]) and the numbers of their operands, `of`.  An entry of a node is a sum of terms
// [number, [[operand, position], …]]; an entry outside of an operand is 0.  All else is read from
// these terms, so that an operator is defined once, in OPERATORS.

// --- fractions ---------------------------------------------------------------------------

class Undefined extends Error {}
class TooLong extends Error {}

const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };

function fraction(n, d = 1n) {
  if (d === 1n) return { n, d };
  if (d < 0n) [n, d] = [-n, -d];
  const g = gcd(n, d);
  return { n: n / g, d: d / g };
}

const whole = (number) => fraction(BigInt(number));
const ZERO = whole(0);
const ONE = whole(1);
const plus = (a, b) => (a.d === 1n && b.d === 1n ? { n: a.n + b.n, d: 1n } : fraction(a.n * b.d + b.n * a.d, a.d * b.d));
const times = (a, b) => (a.d === 1n && b.d === 1n ? { n: a.n * b.n, d: 1n } : fraction(a.n * b.n, a.d * b.d));
const negative = (a) => ({ n: -a.n, d: a.d });
const compare = (a, b) => { const x = a.n * b.d, y = b.n * a.d; return x < y ? -1 : x > y ? 1 : 0; };
const mod = (a, b) => ((a % b) + b) % b;
const floor = (a) => (a.n - mod(a.n, a.d)) / a.d;

/** A number as people type it: 3, −2, 1/3 or 0.25; undefined where it is none. */
function typedNumber(text) {
  const found = /^\s*([+-−]?)(\d{1,12})(?:\/(\d{1,12})|\.(\d{1,12}))?\s*$/.exec(text);
  if (!found) return undefined;
  const [, sign, digits, divisor, decimals] = found;
  if (divisor !== undefined && !BigInt(divisor)) return undefined;
  const size = decimals !== undefined
    ? fraction(BigInt(digits + decimals), 10n ** BigInt(decimals.length))
    : fraction(BigInt(digits), BigInt(divisor ?? 1));
  return sign === "-" || sign === "−" ? negative(size) : size;
}

/** A fraction as text, with the sign of subtraction. */
const written = (a) => `${a.n}${a.d === 1n ? "" : `/${a.d}`}`.replace("-", "−");

// --- expressions and conditions ------------------------------------------------------------

/** The value of an expression, as a fraction; `at` has the numbers of the symbols. */
function value(e, at) {
  if (typeof e === "number") return whole(e);
  if (typeof e === "string") {
    if (!(e in at)) throw new Undefined(`${e} has no value`);
    return whole(at[e]);
  }
  const [kind, ...parts] = e;
  if (kind === "number") return fraction(BigInt(parts[0]), BigInt(parts[1]));
  if (kind === "cases") {
    const found = parts.find(([, condition]) => holds(condition, at));
    return found ? value(found[0], at) : ZERO;
  }
  const values = parts.map((part) => value(part, at));
  const [a, b] = values;
  switch (kind) {
    case "+": return values.reduce(plus, ZERO);
    case "*": return values.reduce(times, ONE);
    case "floor": return whole(floor(a));
    case "ceiling": return whole(-floor(negative(a)));
    case "max": return values.reduce((x, y) => (compare(x, y) < 0 ? y : x));
    case "min": return values.reduce((x, y) => (compare(x, y) > 0 ? y : x));
    case "abs": return a.n < 0n ? negative(a) : a;
    case "mod": {
      if (b.n <= 0n) throw new Undefined(`a remainder by ${written(b)}`);
      const times_ = whole(floor(times(a, fraction(b.d, b.n))));
      return plus(a, negative(times(b, times_)));
    }
    case "^": {
      const power = Number(b.n);
      if (Math.abs(power) > 64) throw new TooLong("a power is too large");
      if (power >= 0) return fraction(a.n ** BigInt(power), a.d ** BigInt(power));
      if (a.n <= 0n) throw new Undefined("something is divided by what is not positive");
      return fraction(a.d ** BigInt(-power), a.n ** BigInt(-power));
    }
  }
  throw new Undefined(`${kind} is unknown`);
}

/** Whether a condition holds. */
function holds(condition, at) {
  if (typeof condition === "boolean") return condition;
  const [kind, ...parts] = condition;
  const is = (part) => holds(part, at);
  switch (kind) {
    case "and": return parts.every(is);
    case "or": return parts.some(is);
    case "not": return !is(parts[0]);
    case "if": return is(parts[0]) ? is(parts[1]) : is(parts[2]);
    case "implies": return !is(parts[0]) || is(parts[1]);
    case "iff": return new Set(parts.map(is)).size < 2;
  }
  const sign = compare(value(parts[0], at), value(parts[1], at));
  const found = { "=": sign === 0, "≠": sign !== 0, "≥": sign >= 0, ">": sign > 0, "≤": sign <= 0, "<": sign < 0 };
  if (!(kind in found)) throw new Undefined(`${kind} is unknown`);
  return found[kind];
}

/** The value of an expression that has to be an integer, as a plain number. */
function integer(e, at) {
  const found = value(e, at);
  if (found.d !== 1n) throw new Undefined(`an amount would be ${written(found)}, which is no integer`);
  return Number(found.n);
}

// --- operators -----------------------------------------------------------------------------

const range = (length) => Array.from({ length: Math.max(0, length) }, (_, i) => i);
const copy = (position) => [[ONE, [[0, position]]]];

function kernelIsThere(c) {
  if (c < 1) throw new Undefined("a kernel is empty");
}

/** Where padding in a mode reads for a position v beyond 0 … n − 1. */
const MODES = {
  reflect: (v, n) => (v < 0 ? -v : 2 * n - 2 - v),
  symmetric: (v, n) => (v < 0 ? -1 - v : 2 * n - 1 - v),
  replicate: (v, n) => (v < 0 ? 0 : n - 1),
  circular: (v, n) => (v < 0 ? v + n : v - n),
};

/** The terms of an entry that is given by a formula, in which operands are read by their names. */
function formulaTerms(e, at, bases) {
  const read = (part, names = at) => formulaTerms(part, names, bases);
  const [kind, ...parts] = Array.isArray(e) ? e : ["number"];
  switch (kind) {
    case "+": return parts.flatMap((part) => read(part));
    case "*": return parts.map((part) => read(part)).reduce(products);
    case "entry": {
      const position = value(parts[1], at);
      return position.d === 1n ? [[ONE, [[bases.indexOf(parts[0]), Number(position.n)]]]] : [];
    }
    case "cases": {
      const found = parts.find(([, condition]) => holds(condition, at));
      return found ? read(found[0]) : [];
    }
    case "sum": {
      const [term, symbol, from, to] = parts;
      const [first, last] = [integer(from, at), integer(to, at)];
      if (last - first > 1000) throw new TooLong("a sum is too long");
      return range(last - first + 1).flatMap((i) => read(term, { ...at, [symbol]: first + i }));
    }
    case "^":
      if (parts[1] > 0) return range(parts[1]).map(() => read(parts[0])).reduce(products);
  }
  const number = value(e, at);
  return number.n ? [[number, []]] : [];
}

const products = (left, right) =>
  left.flatMap(([a, f]) => right.map(([b, g]) => [times(a, b), [...f, ...g]]));

// Of each operator: `amounts`, the least number that each may be; `size`, of the lengths n of its
// operands and its amounts a; `terms`, of entry u; `sign`, as it is written in a label; `place`,
// where its first cell stands in the row of its first operand, and how far apart its cells are.
const OPERATORS = {
  named: {
    amounts: { size: 0 },
    size: (n, a) => a.size,
  },
  taps: {
    size: (n, a, node) => node.numbers.length,
    terms: (u, n, a, node) => [[value(node.numbers[u], {}), []]],
    sign: () => "known taps",
  },
  formula: {
    amounts: { size: 0 },
    size: (n, a) => a.size,
    terms(u, n, a, node, at) {
      const chosen = Object.fromEntries(node.chosen.map(([symbol, e]) => [symbol, integer(e, at)]));
      return formulaTerms(node.entry, { ...at, ...chosen, [node.index]: u }, node.bases);
    },
    sign: (of, a, node) => node.text,
  },
  pad: {
    amounts: { left: -64, right: -64 },
    size: ([n], a) => Math.max(0, n + a.left + a.right),
    terms: (u, n, a) => copy(u - a.left),
    sign: ([x], a) => `pad(${x}; ${a.left}, ${a.right})`.replaceAll("-", "−"),
    place: (n, a) => [-a.left, 1],
  },
  extend: {
    amounts: { left: 0, right: 0 },
    size([n], a, node) {
      const most = Math.max(a.left, a.right);
      const needed = most ? { reflect: most + 1, replicate: 1 }[node.mode] ?? most : 0;
      if (n < needed) throw new Undefined(`${node.mode} padding needs at least ${needed} entries, and there are ${n}`);
      return n + a.left + a.right;
    },
    terms(u, [n], a, node) {
      const v = u - a.left;
      return copy(v < 0 || v >= n ? MODES[node.mode](v, n) : v);
    },
    sign: ([x], a, node) => `pad(${x}; ${a.left}, ${a.right}; ${node.mode})`,
    place: (n, a) => [-a.left, 1],
  },
  flip: {
    size: ([n]) => n,
    terms: (u, [n]) => copy(n - 1 - u),
    sign: ([x]) => `flip(${x})`,
  },
  roll: {
    amounts: { shift: -64 },
    size([n], a) {
      if (Math.abs(a.shift) > n) throw new Undefined(`${n} entries are rolled by ${a.shift}, more than once round`);
      return n;
    },
    terms: (u, [n], a) => copy((((u - a.shift) % n) + n) % n),
    sign: ([x], a) => `roll(${x}; ${a.shift})`,
  },
  downsample: {
    amounts: { factor: 1 },
    size: ([n], a) => Math.ceil(n / a.factor),
    terms: (u, n, a) => copy(a.factor * u),
    sign: ([x], a) => `${x}↓${a.factor}`,
    place: (n, a) => [0, a.factor],
  },
  dilate: {
    amounts: { factor: 1 },
    size: ([n], a) => (n ? a.factor * (n - 1) + 1 : 0),
    terms: (u, n, a) => (u % a.factor ? [] : copy(u / a.factor)),
    sign: ([x], a) => `${x}↑${a.factor}`,
    place: (n, a) => [0, 1 / a.factor],
  },
  convolve: {
    size([n, c], a, node) {
      if (node.is_layer) kernelIsThere(c);
      return n && c ? n + c - 1 : 0;
    },
    terms: (u, [n, c]) =>
      range(c).filter((j) => 0 <= u - j && u - j < n).map((j) => [ONE, [[1, j], [0, u - j]]]),
    sign: ([x, k]) => `${x} ∗ ${k}`,
    place: ([, c]) => [(1 - c) / 2, 1],
  },
  correlate: {
    amounts: { stride: 1, dilation: 1 },
    size([n, c], a) {
      kernelIsThere(c);
      return Math.max(0, Math.floor((n - a.dilation * (c - 1) - 1) / a.stride) + 1);
    },
    terms: (u, [, c], a) =>
      range(c).map((j) => [ONE, [[1, j], [0, a.stride * u + a.dilation * j]]]),
    sign: ([x, k], a) =>
      `${x} ⋆ ${k}${a.stride > 1 ? `, stride ${a.stride}` : ""}${a.dilation > 1 ? `, dilation ${a.dilation}` : ""}`,
    place: ([, c], a) => [(a.dilation * (c - 1)) / 2, a.stride],
  },
  multiply: {
    size: equallyLong,
    terms: (u) => [[ONE, [[0, u], [1, u]]]],
    sign: ([x, y]) => `${x} ⊙ ${y}`,
  },
  add: {
    size: equallyLong,
    terms: (u) => [[ONE, [[0, u]]], [ONE, [[1, u]]]],
    sign: ([x, y]) => `${x} + ${y}`,
  },
  scale: {
    size: ([n]) => n,
    terms: (u, n, a, node) => [[value(node.number, {}), [[0, u]]]],
    sign: ([x], a, node) => `${written(value(node.number, {}))}·${x}`,
  },
  divide: {
    amounts: { divisor: 1 },
    size: ([n]) => n,
    terms: (u, n, a) => [[fraction(1n, BigInt(a.divisor)), [[0, u]]]],
    sign: ([x], a) => `${x} / ${a.divisor}`,
  },
};

/** What is added or multiplied entry by entry; the claim is not defined for unequal lengths. */
function equallyLong([n, m]) {
  if (n !== m) throw new Undefined(`what is combined entry by entry has ${n} and ${m} entries`);
  return n;
}

// --- a claim at fixed sizes ------------------------------------------------------------------

const MOST_ENTRIES = 4096;

/** The nodes at fixed sizes: amounts and lengths of each, and the terms of an entry. */
class AtSizes {
  constructor(claim, at) {
    this.nodes = claim.nodes;
    this.at = at;
    this.amounts = [];
    this.sizes = [];
    this.known = new Map();
    for (const node of claim.nodes) {
      const operator = OPERATORS[node.op];
      const amounts = {};
      for (const [name, least] of Object.entries(operator.amounts ?? {})) {
        amounts[name] = integer(node[name], at);
        if (amounts[name] < least && least >= 0) throw new Undefined(`the ${name} of ${node.letter} would be ${amounts[name]}`);
      }
      const size = operator.size(this.lengths(node), amounts, node);
      if (size > MOST_ENTRIES) throw new TooLong(`${node.letter} would have ${size} entries`);
      this.amounts.push(amounts);
      this.sizes.push(size);
    }
  }

  lengths(node) {
    return node.of.map((i) => this.sizes[i]);
  }

  /** The terms of an entry, without those that read outside of an operand. */
  terms(i, u) {
    const key = i * MOST_ENTRIES + u;
    if (!this.known.has(key)) {
      const node = this.nodes[i];
      const n = this.lengths(node);
      const terms = OPERATORS[node.op].terms(u, n, this.amounts[i], node, this.at);
      this.known.set(key, terms.filter(([, factors]) => factors.every(([o, v]) => 0 <= v && v < n[o])));
    }
    return this.known.get(key);
  }

  /** All entries of all nodes, for given entries of the named signals. */
  entries(given) {
    const found = [];
    this.nodes.forEach((node, i) => {
      found.push(range(this.sizes[i]).map((u) => {
        if (node.op === "named") return given(node.name, u);
        let sum = ZERO;
        for (const [number, factors] of this.terms(i, u)) {
          let product = number;
          for (const [o, v] of factors) product = times(product, found[node.of[o]][v]);
          sum = plus(sum, product);
        }
        return sum;
      }));
    });
    return found;
  }

  /** All cells that an entry is made of, itself too, as texts "node.index". */
  reads(i, u, found = new Set()) {
    const name = `${i}.${u}`;
    if (found.has(name)) return found;
    found.add(name);
    if (this.nodes[i].op === "named") return found;
    for (const [, factors] of this.terms(i, u))
      for (const [o, v] of factors) this.reads(this.nodes[i].of[o], v, found);
    return found;
  }

  /** An entry as a polynomial in the named entries: numbers by monomials, such as "k 0,x 2". */
  polynomial(i, u, known = new Map()) {
    const name = `${i}.${u}`;
    if (known.has(name)) return known.get(name);
    const node = this.nodes[i];
    let sum = new Map();
    if (node.op === "named") sum.set(`${node.name} ${u}`, ONE);
    else
      for (const [number, factors] of this.terms(i, u)) {
        let product = new Map([["", number]]);
        for (const [o, v] of factors) product = multiplied(product, this.polynomial(node.of[o], v, known));
        for (const [monomial, a] of product) added(sum, monomial, a);
      }
    known.set(name, sum);
    return sum;
  }
}

const MOST_MONOMIALS = 2000;

function added(sum, monomial, number) {
  const total = plus(sum.get(monomial) ?? ZERO, number);
  if (total.n) sum.set(monomial, total);
  else sum.delete(monomial);
  if (sum.size > MOST_MONOMIALS) throw new TooLong("the formula has too many terms to be written");
}

function multiplied(left, right) {
  const found = new Map();
  for (const [one, a] of left)
    for (const [other, b] of right) {
      const factors = [...(one ? one.split(",") : []), ...(other ? other.split(",") : [])];
      added(found, factors.sort(byNameAndIndex).join(","), times(a, b));
    }
  return found;
}

function byNameAndIndex(one, other) {
  const [a, i] = one.split(" ");
  const [b, j] = other.split(" ");
  return a === b ? i - j : a < b ? -1 : 1;
}

// --- both sides ------------------------------------------------------------------------------

/** Entries of 64 random bits: polynomials that differ are equal there with a chance below 2⁻⁵⁰. */
function drawn() {
  const known = new Map();
  return (name, u) => {
    const key = `${name} ${u}`;
    if (!known.has(key)) known.set(key, { n: crypto.getRandomValues(new BigUint64Array(1))[0], d: 1n });
    return known.get(key);
  };
}

/** Where the two sides differ for some entries: the lengths, and the outputs, by entries drawn. */
function differences(claim, read) {
  const [left, right] = claim.sides.map((side) => side.node);
  const entries = read.entries(drawn());
  const both = Math.min(read.sizes[left], read.sizes[right]);
  return {
    lengths: read.sizes[left] !== read.sizes[right],
    outputs: range(both).filter((u) => compare(entries[left][u], entries[right][u]) !== 0),
  };
}
