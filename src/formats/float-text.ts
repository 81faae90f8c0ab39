/** float32 numbers as decimals: read from bytes as gensim reads them, and written as short as they can be. */

const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const EXPONENT = 0x65;
const LOWER_CASE = 0x20;

/** The powers of ten that float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** So many digits always fit 31 bits, and so many the 53 of float64. */
const INT_DIGITS = 9;
const EXACT_DIGITS = 15;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NO_NUMBER = /^([+-]?)(nan|inf|infinity)$/i;

const latin = new TextDecoder("latin1");

export const isBlank = (byte: number) => byte === SPACE || byte === TAB;

/** Whether a number ends before a byte. */
const isEnd = (byte: number) => isBlank(byte) || byte === NEWLINE || byte === RETURN;

/**
 * The float32 that a decimal stands for: as in gensim, the nearest float64, rounded. Also nan, inf and infinity, in any case;
 * undefined for what is none.
 */
export function float32Of(text: string): number | undefined {
  if (NUMBER.test(text)) return Math.fround(Number(text));
  const [, sign, name] = NO_NUMBER.exec(text) ?? [];
  if (name === undefined) return undefined;
  if (name.length === 3 && /nan/i.test(name)) return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Reads as many numbers as the vector holds, before each of which is one blank; the first at `at`. Bytes must end with a
 * newline. Numbers of up to nine digits take a short way: a whole number and a power of ten that are both exact give, divided,
 * the nearest float64.
 *
 * @returns where the last one ends; -1 where they are no such numbers
 */
export function readFloats(bytes: Uint8Array, at: number, vector: Float32Array): number {
  const { length } = vector;
  let p = at;
  for (let i = 0; i < length; i++) {
    if (!isBlank(bytes[p])) return -1;
    const token = ++p;
    let byte = bytes[p];
    const isNegative = byte === MINUS;
    if (isNegative) byte = bytes[++p];
    const begin = p;
    while (byte === ZERO) byte = bytes[++p];
    let first = p;
    let mantissa = 0;
    for (let digit = byte - ZERO; digit >= 0 && digit < 10; digit = byte - ZERO) {
      mantissa = (Math.imul(mantissa, 10) + digit) | 0;
      byte = bytes[++p];
    }
    let digits = p - first;
    let scale = 0;
    let points = 0;
    if (byte === POINT) {
      points = 1;
      const fraction = p + 1;
      byte = bytes[++p];
      if (digits === 0) while (byte === ZERO) byte = bytes[++p];
      first = p;
      for (let digit = byte - ZERO; digit >= 0 && digit < 10; digit = byte - ZERO) {
        mantissa = (Math.imul(mantissa, 10) + digit) | 0;
        byte = bytes[++p];
      }
      digits += p - first;
      scale = p - fraction;
    }
    if (digits <= INT_DIGITS && scale < POWERS.length && p - begin > points && isEnd(byte)) {
      const value = mantissa / POWERS[scale];
      vector[i] = isNegative ? -value : value;
      continue;
    }
    while (!isEnd(bytes[p])) p++;
    const value = longFloat(bytes, token, p);
    if (value === undefined) return -1;
    vector[i] = value;
  }
  return p;
}

/**
 * As float32Of. Of more than 15 digits the first alone bound the number from both sides: where both bounds round to one
 * float32, the number does.
 */
function longFloat(bytes: Uint8Array, begin: number, end: number): number | undefined {
  const isNegative = bytes[begin] === MINUS;
  let p = isNegative || bytes[begin] === PLUS ? begin + 1 : begin;
  let [mantissa, digits, exponent] = [0, 0, 0];
  let [hasDigits, hasPoint, isCut] = [false, false, false];
  for (; p < end; p++) {
    if (bytes[p] === POINT && !hasPoint) {
      hasPoint = true;
      continue;
    }
    const digit = bytes[p] - ZERO;
    if (digit < 0 || digit > 9) break;
    hasDigits = true;
    if (hasPoint) exponent--;
    if (digits < EXACT_DIGITS) {
      mantissa = mantissa * 10 + digit;
      if (mantissa) digits++;
    } else {
      exponent++;
      isCut ||= digit > 0;
    }
  }
  const power = p === end ? 0 : readExponent(bytes, p, end);
  exponent += power;
  if (hasDigits && Math.abs(exponent) < POWERS.length) {
    const low = Math.fround(scaled(mantissa, exponent));
    if (!isCut || low === Math.fround(scaled(mantissa + 1, exponent))) return isNegative ? -low : low;
  }
  return float32Of(latin.decode(bytes.subarray(begin, end)));
}

/** What follows a number's digits: e5, E-07; NaN where it is something else. */
function readExponent(bytes: Uint8Array, begin: number, end: number): number {
  if ((bytes[begin] | LOWER_CASE) !== EXPONENT) return Number.NaN;
  const isNegative = bytes[begin + 1] === MINUS;
  const first = isNegative || bytes[begin + 1] === PLUS ? begin + 2 : begin + 1;
  let power = 0;
  for (let p = first; p < end; p++) {
    const digit = bytes[p] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    power = Math.min(power * 10 + digit, 1e6);
  }
  if (first >= end) return Number.NaN;
  return isNegative ? -power : power;
}

/** whole · 10^exponent, rounded once. */
const scaled = (whole: number, exponent: number) =>
  exponent < 0 ? whole / POWERS[-exponent] : whole * POWERS[exponent];

/** The longest text of a number and the blank before it: " -1.23456789e-38". */
export const LONGEST_FLOAT = 16;

/** By a float32's exponent: how many digits the point is moved so that nine stand before it, that power, half a last bit. */
const SHIFTS = new Int32Array(256);
const SHIFTED = new Float64Array(256);
const HALVES = new Float64Array(256);
for (let exponent = 0; exponent < 256; exponent++) {
  const least = 2 ** (exponent - 127);
  const shift = 8 - Math.floor(Math.log10(least));
  SHIFTS[exponent] = shift;
  SHIFTED[exponent] = POWERS[shift] ?? 0;
  HALVES[exponent] = least / 2 ** 24;
}

/** Numbers from 1e-4 to below 1e9 are written without an exponent, and fast. */
const LARGEST_SHIFT = 12;

/** A number's product with a power of ten, below 2^30, is off by less. */
const ROUNDING = 1e-6;

const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => ZERO + (i % 2 ? (i >> 1) % 10 : Math.floor(i / 20)));

const scratch = new Float32Array(1);
const scratchBits = new Int32Array(scratch.buffer);

/**
 * Writes numbers, a blank before each, as the shortest decimals that read back the same float32, the nearest of these; at
 * most LONGEST_FLOAT bytes for each. What is none is written as Python does: nan, inf.
 *
 * A number x is y = x · 10^k with nine digits before the point. What lies within half of x's last bit reads back as x: the
 * multiples of 100, 1000 and so on that are nearest to y are tried, else that of 10.
 *
 * @returns where they end
 */
export function writeFloats(vector: ArrayLike<number>, bytes: Uint8Array, at: number): number {
  let p = at;
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i];
    bytes[p++] = SPACE;
    scratch[0] = x;
    const bits = scratchBits[0];
    const exponent = (bits >>> 23) & 0xff;
    const magnitude = Math.abs(x);
    let shift = SHIFTS[exponent];
    let power = SHIFTED[exponent];
    let y = magnitude * power;
    if (y >= 1e9) {
      shift--;
      power = POWERS[shift];
      y = magnitude * power;
    }
    // below a power of two, numbers lie closer
    if (shift < 0 || shift > LARGEST_SHIFT || (bits & 0x7fffff) === 0) {
      p = writeText(textOf(x), bytes, p);
      continue;
    }
    const half = HALVES[exponent] * power;
    const whole = y | 0;
    let [digits, dropped] = [(y + 0.5) | 0, 0];
    for (let unit = 100; unit <= 1e8; unit *= 10) {
      const rounded = Math.imul(((whole + unit / 2) / unit) | 0, unit);
      if (!isSame(rounded, y, half, power, magnitude)) break;
      digits = rounded;
      dropped = dropped ? dropped + 1 : 2;
    }
    if (!dropped) {
      const tens = Math.imul(((whole + 5) / 10) | 0, 10);
      if (isSame(tens, y, half, power, magnitude)) [digits, dropped] = [tens, 1];
    }
    if (digits >= 1e9) {
      p = writeText(textOf(x), bytes, p);
      continue;
    }
    bytes[p] = MINUS;
    p += bits >>> 31;
    p = writeDigits(digits, shift, dropped, bytes, p);
  }
  return p;
}

/** Whether decimal / power reads back as x, which is y / power. Where it is too close to tell, it is read. */
function isSame(decimal: number, y: number, half: number, power: number, x: number): boolean {
  const beyond = Math.abs(decimal - y) - half;
  return beyond < -ROUNDING || (beyond < ROUNDING && Math.fround(decimal / power) === x);
}

/** Writes digits / 10^shift, nine digits of which the last `dropped` are zeros. */
function writeDigits(digits: number, shift: number, dropped: number, bytes: Uint8Array, at: number): number {
  let p = at;
  if (shift > 8) {
    bytes[p++] = ZERO;
    bytes[p++] = POINT;
    for (let zeros = shift; zeros > 9; zeros--) bytes[p++] = ZERO;
  }
  const upper = (digits / 10000) | 0;
  const lower = (digits - Math.imul(upper, 10000)) | 0;
  const first = (upper / 10000) | 0;
  const middle = (upper - Math.imul(first, 10000)) | 0;
  bytes[p] = ZERO + first;
  writeFour(middle, bytes, p + 1);
  writeFour(lower, bytes, p + 5);
  if (shift > 8) return p + 9 - dropped;
  const wholes = 9 - shift;
  if (dropped >= shift) return p + wholes;
  bytes.copyWithin(p + wholes + 1, p + wholes, p + 9);
  bytes[p + wholes] = POINT;
  return p + 10 - dropped;
}

function writeFour(digits: number, bytes: Uint8Array, at: number): void {
  const upper = (digits / 100) | 0;
  const lower = (digits - Math.imul(upper, 100)) | 0;
  bytes[at] = PAIRS[upper * 2];
  bytes[at + 1] = PAIRS[upper * 2 + 1];
  bytes[at + 2] = PAIRS[lower * 2];
  bytes[at + 3] = PAIRS[lower * 2 + 1];
}

function writeText(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Any float32 as writeFloats writes it. */
function textOf(x: number): string {
  if (Number.isNaN(x)) return "nan";
  const magnitude = Math.abs(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (magnitude === Number.POSITIVE_INFINITY) return `${sign}inf`;
  let digits = 1;
  while (Math.fround(Number(magnitude.toPrecision(digits))) !== magnitude) digits++;
  const shortest = Number(magnitude.toPrecision(digits));
  const isLong = magnitude !== 0 && (shortest < 1e-4 || shortest >= 1e9);
  return sign + (isLong ? shortest.toExponential().replace("e+", "e") : String(shortest));
}
