// A command's ledger as it is sent: one line an event, in order.
import { at, send } from '../../api/ask'

export interface LedgerLine {
  readonly n: number
  readonly at: number
  readonly received_at: number
  readonly kind: string
  readonly by: string
  readonly hash: string
  readonly total?: number
  readonly plan?: string
  readonly version?: number
  readonly exercise?: boolean
  readonly task?: string
  readonly responder?: string
  readonly role?: string
  readonly households?: readonly string[]
  readonly helping?: readonly string[]
  readonly charge?: number
  readonly round?: number
  readonly to?: string
  readonly answer?: string
  readonly late?: boolean
  readonly message?: string
  readonly channel?: string
  readonly audience?: string
  readonly household?: string
  readonly state?: string
  readonly contested?: boolean
  readonly counts?: boolean
  readonly voids?: string
  readonly unit?: string
  readonly persons?: number
  readonly shelter?: string
  readonly milestone?: string
  readonly void?: boolean
  readonly step?: string
  readonly reason?: string
}

export async function readLedger(command: string): Promise<LedgerLine[]> {
  const text = await (await send('GET', `/commands${at(command)}/ledger`)).text()
  return text.split('\n').filter(l => l !== '').map(l => JSON.parse(l) as LedgerLine)
}
