// The operators, and what follows from their definitions: entries, formulas, what a cell reads.
//
// A claim is data: `nodes` are operators with their amounts as expressions in the integer symbols
// (["+", "n", 1]) and the numbers of their operands, `of`.  An entry of a node is a sum of terms
// [number, [[operand, index], …]]; an entry outside of an operand is 0.  Of a function or a maximum
// the terms are the arguments, and `chosen` makes one number of theirs.  All else is read from these
// terms, so that an operator is defined once, in OPERATORS.

// --- numbers -----------------------------------------------------------------------------
//
// A number is a fraction n/d, or, behind functions such as exp, one of JavaScript's, x, which is
// wrong by e at most.

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
const double = (a) => a.x ?? Number(a.n) / Number(a.d);
const isExact = (a, b = ZERO) => a.x === undefined && b.x === undefined;
const ROUNDING = 2 ** -50; // a few roundings of a number near to 1
const rounded = (x, e) => ({ x, e: e + Math.abs(x) * ROUNDING });
const errorOf = (a) => a.e ?? Math.abs(double(a)) * ROUNDING;

function plus(a, b) {
  if (a.d === 1n && b.d === 1n) return { n: a.n + b.n, d: 1n };
  return isExact(a, b) ? fraction(a.n * b.d + b.n * a.d, a.d * b.d) : rounded(double(a) + double(b), errorOf(a) + errorOf(b));
}

function times(a, b) {
  if (a.d === 1n && b.d === 1n) return { n: a.n * b.n, d: 1n };
  if (isExact(a, b)) return fraction(a.n * b.n, a.d * b.d);
  const [x, y, s, t] = [double(a), double(b), errorOf(a), errorOf(b)];
  return rounded(x * y, Math.abs(x) * t + Math.abs(y) * s + s * t);
}

const negative = (a) => (isExact(a) ? { n: -a.n, d: a.d } : { x: -a.x, e: a.e });

/** The sign of a − b; numbers that rounding may have moved apart are equal, and what is not finite
 * differs from nothing. */
function compare(a, b) {
  if (isExact(a, b)) { const x = a.n * b.d, y = b.n * a.d; return x < y ? -1 : x > y ? 1 : 0; }
  const [x, y] = [double(a), double(b)];
  const within = 1e-9 * (1 + Math.abs(x) + Math.abs(y)) + errorOf(a) + errorOf(b);
  return Math.abs(x - y) > within && within < Infinity ? Math.sign(x - y) : 0;
}

function largest(numbers) {
  const found = numbers.reduce((a, b) => (isExact(a, b) ? compare(a, b) < 0 : double(a) < double(b)) ? b : a);
  return numbers.every((a) => isExact(a)) ? found : rounded(double(found), Math.max(...numbers.map(errorOf)));
}

const mod = (a, b) => ((a % b) + b) % b;
const floor = (a) => (a.n - mod(a.n, a.d)) / a.d;

/** A number as people type it: 3, −2, 1/3 or 0.25; undefined where it is none. */
function typedNumber(text) {
  const found = /^\s*([+\-−]?)(\d{1,40})(?:\/(\d{1,40})|\.(\d{1,40}))?\s*$/.exec(text);
  if (!found) return undefined;
  const [, sign, digits, divisor, decimals] = found;
  if (divisor !== undefined && !BigInt(divisor)) return undefined;
  const size = decimals !== undefined
    ? fraction(BigInt(digits + decimals), 10n ** BigInt(decimals.length))
    : fraction(BigInt(digits), BigInt(divisor ?? 1));
  return sign === "-" || sign === "−" ? negative(size) : size;
}

/** A number as text, with the sign of subtraction; of one that is no fraction, four digits. */
function written(a) {
  if (!isExact(a)) return Number.isNaN(a.x) ? "–" : String(Number(a.x.toPrecision(4))).replaceAll("-", "−");
  return `${a.n}${a.d === 1n ? "" : `/${a.d}`}`.replace("-", "−");
}

// --- expressions and conditions ------------------------------------------------------------

/** The value of an expression in plain integers, which is fast; NaN where it takes fractions. */
function quick(e, at) {
  if (typeof e === "number") return e;
  if (typeof e === "string") return at[e] ?? NaN;
  const [kind, a, b] = e;
  let found = NaN;
  if (kind === "+" || kind === "*") {
    found = quick(a, at);
    for (let i = 2; i < e.length && Number.isSafeInteger(found); i++)
      found = kind === "+" ? found + quick(e[i], at) : found * quick(e[i], at);
  } else if (kind === "mod") {
    const [n, d] = [quick(a, at), quick(b, at)];
    if (d > 0) found = ((n % d) + d) % d;
  }
  return Number.isSafeInteger(found) ? found : NaN;
}

/** The value of an expression, as a fraction; `at` has the numbers of the symbols. */
function value(e, at) {
  const plain = quick(e, at);
  if (plain === plain) return whole(plain);
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
  const [a, b] = [quick(parts[0], at), quick(parts[1], at)];
  const sign = a - b === a - b ? Math.sign(a - b) : compare(value(parts[0], at), value(parts[1], at));
  const found = { "=": sign === 0, "≠": sign !== 0, "≥": sign >= 0, ">": sign > 0, "≤": sign <= 0, "<": sign < 0 };
  if (!(kind in found)) throw new Undefined(`${kind} is unknown`);
  return found[kind];
}

// Sums and products of two of these are no larger than what plain numbers count to.
const LARGEST_AMOUNT = 2n ** 25n;

/** The value of an expression that has to be an integer, as a plain number. */
function integer(e, at) {
  const found = value(e, at);
  if (found.d !== 1n) throw new Undefined(`an amount would be ${written(found)}, which is no integer`);
  if (found.n > LARGEST_AMOUNT || -found.n > LARGEST_AMOUNT) throw new TooLong(`an amount would be ${written(found)}`);
  return Number(found.n);
}

// --- operators -----------------------------------------------------------------------------

const range = (length) => Array.from({ length: Math.max(0, length) }, (_, i) => i);
const product = (numbers) => numbers.reduce((a, b) => a * b, 1);
const copy = (position) => [[ONE, [[0, position]]]];
const copied = (index) => [[ONE, [[0, index]]]];

/** The number of an entry in the order in which they are read, the last index fastest; −1 outside. */
function flat(index, shape) {
  let found = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (index[axis] < 0 || index[axis] >= shape[axis]) return -1;
    found = found * shape[axis] + index[axis];
  }
  return found;
}

/** The index of the entry with that number. */
function unflat(number, shape) {
  if (shape.length === 1) return [number];
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = number % shape[axis];
    number = (number - index[axis]) / shape[axis];
  }
  return index;
}

const every = (shape) => range(product(shape)).map((number) => unflat(number, shape));

function kernelIsThere(c) {
  if (c < 1) throw new Undefined("a kernel is empty");
}

/** How many windows of c entries there are, d apart, one at every s-th entry of n. */
const windows = (n, c, s, d) => Math.max(0, Math.floor((n - d * (c - 1) - 1) / s) + 1);

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
      const index = parts.slice(1).map((part) => value(part, at));
      return index.every((v) => v.d === 1n) ? [[ONE, [[bases.indexOf(parts[0]), index.map((v) => Number(v.n))]]]] : [];
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

/** An operator along one axis, which is defined for one line of entries. */
function line(operator) {
  const sizes = (shapes, node) => shapes.map((shape, o) => shape[o ? 0 : node.axis]);
  return {
    ...operator,
    shape: (shapes, a, node) => shapes[0].with(node.axis, operator.size(sizes(shapes, node), a, node)),
    terms: (index, shapes, a, node) =>
      operator.terms(index[node.axis], sizes(shapes, node), a, node).map(([number, factors]) =>
        [number, factors.map(([o, v]) => [o, o ? [v] : index.with(node.axis, v)])]),
  };
}

/** Where an operand is read for an entry, along which axes of one entry are repeated. */
function spread(index, shape, repeats) {
  const kept = index.slice(index.length - shape.length);
  for (const axis of repeats) if (shape[axis] === 1) kept[axis] = 0;
  return kept;
}

/** An operator entry by entry; the claim is not defined for unequal sizes. */
function entrywise(operator) {
  return {
    shape(shapes, a, node) {
      const rank = Math.max(...shapes.map((shape) => shape.length));
      return range(rank).map((axis) => {
        const sizes = shapes.flatMap((shape, o) => {
          const own = axis - rank + shape.length;
          return own < 0 || (shape[own] === 1 && node.repeats[o].includes(own)) ? [] : [shape[own]];
        });
        if (sizes.some((size) => size !== sizes[0]))
          throw new Undefined(`what is combined entry by entry has ${sizes.join(" and ")} entries`);
        return sizes[0] ?? 1;
      });
    },
    operands: (index, shapes, node) => shapes.map((shape, o) => [o, spread(index, shape, node.repeats[o])]),
    ...operator,
  };
}

const ofOne = { shape: ([shape]) => shape };

/** By name the sizes of the axes that a pattern names. */
function namedSizes([shape], a, node) {
  const found = Object.fromEntries(node.names.map((name, i) => [name, a.sizes[i]]));
  node.source.forEach((group, axis) => { if (group.length === 1) found[group[0]] = shape[axis]; });
  return found;
}

/** By letter the sizes of the axes that a sum of products names. */
function letterSizes(shapes, node) {
  const found = {};
  node.inputs.forEach((letters, i) => [...letters].forEach((letter, axis) => {
    found[letter] ??= shapes[i][axis];
    if (found[letter] !== shapes[i][axis])
      throw new Undefined(`axes that are called ${letter} have ${found[letter]} and ${shapes[i][axis]} entries`);
  }));
  return found;
}

// Functions of entries: exact ones of fractions, and others of JavaScript's numbers, which are moved
// by as much as what they are taken of may be wrong.
const within = (low, high) => (a) => negative(largest([negative(largest([a, whole(low)])), whole(-high)]));
function real(f) {
  return (a) => {
    const [v, e] = [double(a), errorOf(a)];
    const x = f(v);
    const moved = Math.max(Math.abs(f(v + e) - x), Math.abs(f(v - e) - x));
    return rounded(x, 2 * moved + (1 + Math.abs(v) + Math.abs(x)) * ROUNDING);
  };
}

const FUNCTIONS = {
  relu: (a) => largest([a, ZERO]),
  relu6: within(0, 6),
  leaky_relu: (a, slope) => (compare(a, ZERO) < 0 ? times(slope, a) : a),
  hardswish: (a) => times(times(a, within(0, 6)(plus(a, whole(3)))), fraction(1n, 6n)),
  reciprocal: (a) => (isExact(a) && a.n ? fraction(a.d, a.n) : real((v) => 1 / (v || NaN))(a)),
  sigmoid: real((v) => Math.tanh(v / 2) / 2 + 0.5),
  tanh: real(Math.tanh),
  gelu: real((v) => (v / 2) * (1 + erf(v / Math.SQRT2))),
  silu: real((v) => v * (Math.tanh(v / 2) / 2 + 0.5)),
  exp: real(Math.exp),
  sqrt: real(Math.sqrt),
  log: real((v) => (v > 0 ? Math.log(v) : NaN)),
  erf: real(erf),
};

/** 2/√π times the sum of (−1)ⁱ·x²ⁱ⁺¹/(i!·(2i + 1)), and far out a continued fraction. */
function erf(x) {
  const size = Math.abs(x);
  if (!(size > 0)) return x;
  if (size > 6) return Math.sign(x);
  if (size > 2.5) {
    let tail = size;
    for (let i = 80; i; i--) tail = size + i / 2 / tail;
    return Math.sign(x) * (1 - Math.exp(-size * size) / (tail * Math.sqrt(Math.PI)));
  }
  let [term, sum] = [x, x];
  for (let i = 1; Math.abs(term) > 1e-18; i++) {
    term *= (-x * x) / i;
    sum += term / (2 * i + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The value of a function; one of which nothing is known has coefficients, of 1, v, v² and so on. */
function applied(node, a, coefficients) {
  const known = FUNCTIONS[node.function];
  const of = (v) => (known ? known(v, value(node.parameter ?? 0, {})) :
    coefficients.reduceRight((sum, number) => plus(times(sum, v), number), ZERO));
  return node.shifted ? plus(of(a), negative(of(ZERO))) : of(a);
}

const axisSign = (node, shapes) => (shapes[0].length > 1 ? `[axis ${node.axis}]` : "");
const unlessOne = (told) => told.filter(([, numbers]) => [numbers].flat().some((a) => a !== 1))
  .map(([word, numbers]) => `, ${word} ${[...new Set([numbers].flat())].length > 1 ? numbers.join("×") : [numbers].flat()[0]}`).join("");

// Of each operator: `amounts`, the least number that each may be, and `lists` of such; `shape`, of
// the shapes of its operands and its amounts a; `terms`, of the entry at an index; `sign`, as it is
// written in a label; `place`, where its first cell stands in the row of its first operand, and how
// far apart its cells are.  `line` has instead `size` and `terms` of a number n of entries.
const OPERATORS = {
  named: {
    lists: { sizes: 0 },
    shape: (n, a) => a.sizes,
  },
  taps: {
    shape: (n, a, node) => [node.numbers.length],
    terms: ([u], n, a, node) => [[value(node.numbers[u], {}), []]],
    sign: (of, a, node) => `(${node.numbers.map((number) => written(value(number, {}))).join(", ")})`,
  },
  formula: {
    lists: { sizes: 0 },
    shape: (n, a) => a.sizes,
    terms: (index, n, a, node, at) => formulaTerms(
      node.entry, { ...at, ...Object.fromEntries(node.indices.map((name, axis) => [name, index[axis]])) }, node.bases),
    sign: (of, a, node) => node.text,
  },
  pad: line({
    amounts: { left: -64, right: -64 },
    size: ([n], a) => Math.max(0, n + a.left + a.right),
    terms: (u, n, a) => copy(u - a.left),
    sign: ([x], a, node, n) => `pad${axisSign(node, n)}(${x}; ${a.left}, ${a.right})`.replaceAll("-", "−"),
    place: (n, a) => [-a.left, 1],
  }),
  extend: line({
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
    sign: ([x], a, node, n) => `pad${axisSign(node, n)}(${x}; ${a.left}, ${a.right}; ${node.mode})`,
    place: (n, a) => [-a.left, 1],
  }),
  flip: line({
    size: ([n]) => n,
    terms: (u, [n]) => copy(n - 1 - u),
    sign: ([x], a, node, n) => `flip${axisSign(node, n)}(${x})`,
  }),
  roll: line({
    amounts: { shift: -64 },
    size([n], a) {
      if (Math.abs(a.shift) > n) throw new Undefined(`${n} entries are rolled by ${a.shift}, more than once round`);
      return n;
    },
    terms: (u, [n], a) => copy((((u - a.shift) % n) + n) % n),
    sign: ([x], a, node, n) => `roll${axisSign(node, n)}(${x}; ${a.shift})`.replaceAll("-", "−"),
  }),
  downsample: line({
    amounts: { factor: 1 },
    size: ([n], a) => Math.ceil(n / a.factor),
    terms: (u, n, a) => copy(a.factor * u),
    sign: ([x], a, node, n) => `${x}↓${a.factor}${axisSign(node, n)}`,
    place: (n, a) => [0, a.factor],
  }),
  dilate: line({
    amounts: { factor: 1 },
    size: ([n], a) => (n ? a.factor * (n - 1) + 1 : 0),
    terms: (u, n, a) => (u % a.factor ? [] : copy(u / a.factor)),
    sign: ([x], a, node, n) => `${x}↑${a.factor}${axisSign(node, n)}`,
    place: (n, a) => [0, 1 / a.factor],
  }),
  convolve: line({
    size([n, c], a, node) {
      if (node.is_layer) kernelIsThere(c);
      return n && c ? n + c - 1 : 0;
    },
    terms: (u, [n, c]) =>
      range(c).filter((j) => 0 <= u - j && u - j < n).map((j) => [ONE, [[1, j], [0, u - j]]]),
    sign: ([x, k], a, node, n) => `${x} ∗${axisSign(node, n)} ${k}`,
    place: ([, c]) => [(1 - c) / 2, 1],
  }),
  correlate: line({
    amounts: { stride: 1, dilation: 1 },
    size([n, c], a) {
      kernelIsThere(c);
      return windows(n, c, a.stride, a.dilation);
    },
    terms: (u, [, c], a) => range(c).map((j) => [ONE, [[1, j], [0, a.stride * u + a.dilation * j]]]),
    sign: ([x, k], a, node, n) =>
      `${x} ⋆${axisSign(node, n)} ${k}${unlessOne([["stride", a.stride], ["dilation", a.dilation]])}`,
    place: ([, c], a) => [(a.dilation * (c - 1)) / 2, a.stride],
  }),
  multiply: entrywise({
    terms(index, shapes, a, node) { return [[ONE, this.operands(index, shapes, node)]]; },
    sign: ([x, y]) => `${x} ⊙ ${y}`,
  }),
  add: entrywise({
    terms(index, shapes, a, node) { return this.operands(index, shapes, node).map((one) => [ONE, [one]]); },
    sign: ([x, y]) => `${x} + ${y}`,
  }),
  scale: {
    ...ofOne,
    terms: (index, n, a, node) => [[value(node.number, {}), [[0, index]]]],
    sign: ([x], a, node) => `${written(value(node.number, {}))}·${x}`,
  },
  divide: {
    ...ofOne,
    amounts: { divisor: 1 },
    terms: (index, n, a) => [[fraction(1n, BigInt(a.divisor)), [[0, index]]]],
    sign: ([x], a) => `${x} / ${a.divisor}`,
  },
  windows: {
    amounts: { size: 1, stride: 1, dilation: 1 },
    shape: ([shape], a, { axis }) => [...shape.with(axis, windows(shape[axis], a.size, a.stride, a.dilation)), a.size],
    terms: (index, n, a, { axis }) =>
      copied(index.slice(0, -1).with(axis, a.stride * index[axis] + a.dilation * index.at(-1))),
    sign: ([x], a, node, n) =>
      `windows${axisSign(node, n)}(${x}; ${a.size}${unlessOne([["stride", a.stride], ["dilation", a.dilation]])})`,
  },
  rearrange: {
    lists: { sizes: 0 },
    shape(shapes, a, node) {
      const sizes = namedSizes(shapes, a, node);
      node.source.forEach((group, axis) => {
        const size = product(group.map((name) => sizes[name]));
        if (size !== shapes[0][axis])
          throw new Undefined(`an axis of ${shapes[0][axis]} entries is split into ${group.map((name) => sizes[name]).join(" × ")}`);
      });
      return node.target.map((group) => product(group.map((name) => sizes[name])));
    },
    terms(index, shapes, a, node) {
      const sizes = namedSizes(shapes, a, node);
      const at = {};
      node.target.forEach((group, axis) => unflat(index[axis], group.map((name) => sizes[name]))
        .forEach((digit, i) => { at[group[i]] = digit; }));
      return copied(node.source.map((group) =>
        flat(group.map((name) => at[name]), group.map((name) => sizes[name]))));
    },
    sign: ([x], a, node) => `rearrange(${x}; ${node.pattern})`,
  },
  einsum: {
    shape: (shapes, a, node) => { const sizes = letterSizes(shapes, node); return [...node.output].map((one) => sizes[one]); },
    terms(index, shapes, a, node) {
      const sizes = letterSizes(shapes, node);
      const summed = Object.keys(sizes).filter((letter) => !node.output.includes(letter));
      const at = Object.fromEntries([...node.output].map((letter, axis) => [letter, index[axis]]));
      return every(summed.map((letter) => sizes[letter])).map((over) => {
        summed.forEach((letter, i) => { at[letter] = over[i]; });
        return [ONE, node.inputs.map((letters, o) => [o, [...letters].map((letter) => at[letter])])];
      });
    },
    sign: (of, a, node) => `einsum(${node.inputs.join(",")}->${node.output}; ${of.join(", ")})`,
  },
  conv: {
    amounts: { groups: 1 },
    lists: { stride: 1, dilation: 1 },
    shape([x, w], a) {
      kernelIsThere(product(w));
      const first = x.length - a.stride.length;
      if (x[first - 1] !== w[1] * a.groups)
        throw new Undefined(`there are ${x[first - 1]} channels, and a kernel reads ${w[1] * a.groups}`);
      if (w[0] % a.groups) throw new Undefined(`${w[0]} output channels are not divided by ${a.groups} groups`);
      return [...x.slice(0, first - 1), w[0],
        ...a.stride.map((s, i) => windows(x[first + i], w[2 + i], s, a.dilation[i]))];
    },
    terms(index, [x, w], a) {
      const first = x.length - a.stride.length;
      const [before, o, places] = [index.slice(0, first - 1), index[first - 1], index.slice(first)];
      const channel = Math.floor(o / (w[0] / a.groups)) * w[1];
      return every(w.slice(1)).map(([q, ...taps]) => [ONE, [
        [1, [o, q, ...taps]],
        [0, [...before, channel + q, ...places.map((u, i) => a.stride[i] * u + a.dilation[i] * taps[i])]],
      ]]);
    },
    sign: ([x, w], a) =>
      `${x} ⋆ ${w}${unlessOne([["stride", a.stride], ["dilation", a.dilation], ["groups", a.groups]])}`,
  },
  apply: {
    ...ofOne,
    terms: copied,
    chosen: ([one], node, functions) => applied(node, one, node.free && functions(node)),
    sign: ([x], a, node) => node.call.replace("{0}", x),
  },
  max_pool: line({
    amounts: { window: 1, stride: 1, dilation: 1, left: -64, right: -64 },
    size([n], a) {
      const count = windows(n + a.left + a.right, a.window, a.stride, a.dilation);
      for (let u = 0; u < count; u++)
        if (!this.terms(u, [n], a).length) throw new Undefined(`window ${u} has no entry, and so no largest one`);
      return count;
    },
    terms: (u, [n], a) => range(a.window).map((j) => a.stride * u - a.left + a.dilation * j)
      .filter((v) => 0 <= v && v < n).flatMap(copy),
    chosen: (values) => largest(values),
    sign: ([x], a, node, n) => `maxpool${axisSign(node, n)}(${x}; ${a.window}${
      a.stride === a.window ? "" : `, stride ${a.stride}`}${a.left || a.right ? `, padded by ${a.left}, ${a.right}` : ""}${
      a.dilation === 1 ? "" : `, dilation ${a.dilation}`})`,
    place: (n, a) => [(a.dilation * (a.window - 1)) / 2 - a.left, a.stride],
  }),
  maximum: entrywise({
    terms(index, shapes, a, node) { return this.operands(index, shapes, node).map((one) => [ONE, [one]]); },
    chosen: (values) => largest(values),
    sign: ([x, y]) => `max(${x}, ${y})`,
  }),
};

// --- a claim at fixed sizes ------------------------------------------------------------------

const MOST_ENTRIES = 4096;

/** The amounts of a node: its keys, and the least numbers, as ["stride", 1] or ["stride", 1, axis]. */
function amountsOf(node) {
  const { amounts = {}, lists = {} } = OPERATORS[node.op];
  return [...Object.entries(amounts),
    ...Object.entries(lists).flatMap(([name, least]) => node[name].map((_, axis) => [name, least, axis]))];
}

/** The nodes at fixed sizes: amounts and shapes of each, and the terms of an entry. */
class AtSizes {
  constructor(claim, at) {
    this.nodes = claim.nodes;
    this.at = at;
    this.amounts = [];
    this.shapes = [];
    this.sizes = [];
    this.known = claim.nodes.map(() => []);
    for (const node of claim.nodes) {
      const operator = OPERATORS[node.op];
      const amounts = Object.fromEntries(Object.keys(operator.lists ?? {}).map((name) => [name, []]));
      for (const [name, least, axis] of amountsOf(node)) {
        const found = integer(axis === undefined ? node[name] : node[name][axis], at);
        if (found < least && least >= 0) throw new Undefined(`the ${name.replace("sizes", "size")} of ${node.letter} would be ${found}`);
        if (axis === undefined) amounts[name] = found;
        else amounts[name].push(found);
      }
      const shape = operator.shape(this.shapesOf(node), amounts, node);
      const size = product(shape);
      if (size > MOST_ENTRIES) throw new TooLong(`${node.letter} would have ${size} entries`);
      this.amounts.push(amounts);
      this.shapes.push(shape);
      this.sizes.push(size);
    }
  }

  shapesOf(node) {
    return node.of.map((i) => this.shapes[i]);
  }

  /** The terms of entry number u, without those that read outside of an operand. */
  terms(i, u) {
    const known = this.known[i];
    if (known[u]) return known[u];
    const node = this.nodes[i];
    const shapes = this.shapesOf(node);
    const found = [];
    for (const [number, factors] of OPERATORS[node.op].terms(unflat(u, this.shapes[i]), shapes, this.amounts[i], node, this.at)) {
      const places = factors.map(([o, index]) => [o, flat(index, shapes[o])]);
      if (places.every(([, v]) => v >= 0)) found.push([number, places]);
    }
    return (known[u] = found);
  }

  /** All entries of all nodes, for given entries of the named ones and coefficients of functions. */
  entries(given, functions = () => []) {
    const found = [];
    this.nodes.forEach((node, i) => {
      const { chosen } = OPERATORS[node.op];
      const one = (u) => {
        if (node.op === "named") return given(node.name, u);
        const values = this.terms(i, u).map(([number, factors]) =>
          factors.reduce((product, [o, v]) => times(product, found[node.of[o]][v]), number));
        return chosen ? chosen(values, node, functions) : values.reduce(plus, ZERO);
      };
      found.push(range(this.sizes[i]).map(one));
    });
    return found;
  }

  /** All cells that an entry is made of, itself too, as texts "node.number". */
  reads(i, u, found = new Set()) {
    const name = `${i}.${u}`;
    if (found.has(name)) return found;
    found.add(name);
    if (this.nodes[i].op === "named") return found;
    for (const [, factors] of this.terms(i, u))
      for (const [o, v] of factors) this.reads(this.nodes[i].of[o], v, found);
    return found;
  }

  /** An entry as a polynomial: numbers by monomials, such as "k 0,x 2".
   *
   * It is written in entries of named tensors, functions and maxima, and of nodes that are `whole`.
   */
  polynomial(i, u, known = new Map(), whole = () => false, isFirst = true) {
    const name = `${i}.${u}`;
    if (known.has(name)) return known.get(name);
    const node = this.nodes[i];
    let sum = new Map();
    if (node.op === "named" || (!isFirst && whole(i)) || (OPERATORS[node.op].chosen && !isFirst))
      sum.set(`${node.letter} ${u}`, ONE);
    else
      for (const [number, factors] of this.terms(i, u)) {
        let product = new Map([["", number]]);
        for (const [o, v] of factors) product = multiplied(product, this.polynomial(node.of[o], v, known, whole, false));
        for (const [monomial, a] of product) added(sum, monomial, a);
      }
    if (!isFirst) known.set(name, sum);
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

const TRIES = 12;

/** Entries of 64 random bits: polynomials that differ are equal there with a chance below 2⁻⁵⁰. */
const largeNumber = () => ({ n: crypto.getRandomValues(new BigUint64Array(1))[0], d: 1n });

/** Small numbers of either sign, for functions and maxima. */
const smallNumber = () => fraction(BigInt(Math.floor(Math.random() * 33) - 16), 2n);

/** Entries that are drawn when they are first asked for. */
function drawn(number) {
  const known = new Map();
  return (name, u) => {
    const key = `${name} ${u}`;
    if (!known.has(key)) known.set(key, number());
    return known.get(key);
  };
}

/** Coefficients of functions of which nothing is known but f(0), where that is given. */
function drawnFunctions() {
  const known = new Map();
  return (node) => {
    const { function: name, zero } = node;
    if (!known.has(name)) known.set(name, [zero === null ? smallNumber() : value(zero, {}), ...range(3).map(smallNumber)]);
    return known.get(name);
  };
}

/** Whether functions or maxima are in a claim, so that equal entries are seen by trying only. */
const isTried = (claim) => claim.nodes.some((node) => OPERATORS[node.op].chosen);

/** The entry of the other side at the same index; −1 where it has none. */
function counterpart(claim, read, side, u) {
  const [own, other] = [side, 1 - side].map((one) => read.shapes[claim.sides[one].node]);
  return flat(unflat(u, own), other);
}

/** Where the two sides differ for some entries: the shapes, and the outputs, by entries drawn.
 *
 * `isSure` says that outputs which are not named are equal for all entries; for functions and
 * maxima, a few entries are tried, and it is not.
 */
function differences(claim, read) {
  const [left, right] = claim.sides.map((side) => side.node);
  const isSure = !isTried(claim);
  const pairs = range(read.sizes[left]).map((u) => [u, counterpart(claim, read, 0, u)]).filter(([, v]) => v >= 0);
  const outputs = new Set();
  for (const _ of range(isSure ? 1 : TRIES)) {
    const entries = read.entries(drawn(isSure ? largeNumber : smallNumber), drawnFunctions());
    for (const [u, v] of pairs) if (compare(entries[left][u], entries[right][v]) !== 0) outputs.add(u);
  }
  return {
    lengths: String(read.shapes[left]) !== String(read.shapes[right]),
    outputs: [...outputs].sort((a, b) => a - b),
    isSure,
  };
}
