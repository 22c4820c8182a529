// How large a figure may stand in its tile: computed, not measured, since all digits are 0.6 em wide.

const narrow = 0.3
const digit = 0.6
const full = 1

/** Width of a figure's text in em of its own size. */
export function textWidth(text: string): number {
  let em = 0
  for (const c of text) {
    if (c >= '0' && c <= '9') em += digit
    else if (c === '.' || c === ',' || c === ':' || c === '\u202f' || c === ' ') em += narrow
    else if (c > '\u2e7f' || c === '—') em += full
    else em += digit
  }
  return em
}

/** Width of a unit in em of the figure: it is set at 0.38 em. */
export function unitWidth(unit: string): number {
  let em = 0
  for (const c of unit) em += c > '\u2e7f' ? 0.42 : 0.27
  return em
}

/** Em that text and unit need together, with the gap between them and some air. */
export function figureWidth(text: string, unit: string): number {
  return Math.round((textWidth(text) + (unit ? unitWidth(unit) + 0.14 : 0) + 0.12) * 100) / 100
}

/** Characters that fit at the smallest figure size; longer values change to 万 or 亿. */
export function roomFor(columns: number): number {
  return Math.max(4, Math.min(15, columns * 3 - 3))
}

/** Largest size (u) of a figure by the width of its tile in columns. */
export function figureCap(columns: number, rows: number, footed = false): number {
  if (rows <= 2) return columns >= 6 ? 60 : 46
  if (rows === 3 && footed && columns <= 5) return columns <= 3 ? 54 : 62
  if (columns <= 3) return 60
  if (columns === 4) return 74
  if (columns >= 12 && rows >= 5) return 112
  return columns >= 6 ? 104 : 84
}

/** Width of words in em of their own size, Chinese and Latin mixed. */
export function wordWidth(words: string): number {
  let em = 0
  for (const c of words) em += c > '\u2e7f' ? 1 : 0.56
  return em
}

/** Inner width (u) of a tile on the 16 : 9 board. */
export function innerWidth(columns: number): number {
  return columns * 78.5 - 12 - 36
}
