// What a report can be taken away as: asked for by its type, saved under a name that says what it is.
import { at } from '../../api/ask'

export interface Download { readonly id: string; readonly name: string; readonly path: string; readonly type: string; readonly file: string }

export function downloadsOf(command: string): readonly Download[] {
  const to = `/api/v1/commands${at(command)}`
  return [
    { id: 'pdf', name: 'PDF', path: `${to}/report`, type: 'application/pdf', file: `${command}.pdf` },
    { id: 'csv', name: 'CSV', path: `${to}/report`, type: 'text/csv', file: `${command}.csv` },
    { id: 'json', name: 'JSON', path: `${to}/report`, type: 'application/json', file: `${command}.json` },
    { id: 'ledger', name: 'NDJSON', path: `${to}/ledger`, type: 'application/x-ndjson', file: `${command}.ndjson` },
    { id: 'cap', name: 'CAP 1.2', path: `${to}/cap`, type: 'application/cap+xml', file: `${command}.cap.xml` },
  ]
}

/** False when the server has nothing of this type. */
export async function save(d: Download): Promise<boolean> {
  const answer = await fetch(d.path, { headers: { Accept: d.type } }).catch(() => null)
  if (!answer?.ok || !(answer.headers.get('Content-Type') ?? '').startsWith(d.type)) return false
  const url = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = d.file
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return true
}
