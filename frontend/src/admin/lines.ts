// Lines of the record as they are sent, one JSON object each.

export interface Line {
  readonly n: number
  readonly at: number
  readonly actor: string
  readonly role: string
  readonly action: string
  readonly object: string
  readonly area: string
  readonly purpose: string
  readonly address: string
  readonly result: string
}

/** All whole lines; one that was cut in the middle is left out. */
export function readLines(text: string): Line[] {
  return text.split('\n').flatMap(line => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line]
    } catch {
      return []
    }
  })
}

export function wanted(lines: readonly Line[], purposeOnly: boolean, find: string): Line[] {
  const word = find.trim().toLowerCase()
  return lines.filter(l => (!purposeOnly || Boolean(l.purpose)) && (word === '' || [l.actor, l.role, l.action, l.object, l.area, l.purpose, l.address, l.result].some(v => (v ?? '').toLowerCase().includes(word))))
}

/** Date and time of this computer, to the second, as a form's field holds it. */
export function stamp(ms: number): string {
  const d = new Date(ms)
  return new Date(ms - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
