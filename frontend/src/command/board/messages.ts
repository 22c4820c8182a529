// Messages by audience and channel: how many have left, and what the others do.
import type { BoardWords } from '../../words/board'
import type { Messages } from './model'

export interface MailRow {
  readonly key: string
  readonly name: string
  readonly all: number
  /** sent, delivered or seen */
  readonly reached: number
  readonly rest: readonly { readonly state: string; readonly n: number }[]
}

const reached = ['sent', 'delivered', 'seen']
const order = ['failed', 'seen', 'delivered', 'queued', 'cancelled']

/** Rows that hold any message; what failed comes first in each. */
export function messageRows(messages: Messages, words: BoardWords): MailRow[] {
  return Object.entries(messages).sort(([a], [b]) => (a < b ? 1 : -1)).flatMap(([audience, channels]) => Object.entries(channels).flatMap(([channel, states]) => {
    const all = Object.values(states).reduce((a, b) => a + b, 0)
    if (all === 0) return []
    return [{
      key: `${audience} ${channel}`,
      name: `${words.audience[audience] ?? audience} ${words.channels[channel] ?? channel}`,
      all,
      reached: reached.reduce((n, s) => n + (states[s] ?? 0), 0),
      rest: order.flatMap(state => ((states[state] ?? 0) > 0 ? [{ state, n: states[state] ?? 0 }] : [])),
    }]
  }))
}
