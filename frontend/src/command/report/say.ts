// What a ledger line says on the timeline of a replay: as the live timeline does, in both languages.
import { boardWords } from '../../words/board'
import type { LedgerLine } from './ledger'

/** How much later than it was seen a report arrives for both clocks to be told, in ms. */
export const tardy = 60_000

type Said = readonly [zh: string, en: string]
const nothing: Said = ['', '']
const zh = boardWords('zh')
const en = boardWords('en')
const wait: Readonly<Record<string, Said>> = {
  need_help: ['一户需协助', 'a household needs help'],
  refused: ['一户拒绝', 'a household refuses'],
  no_answer: ['一户无人应答', 'nobody answers at a door'],
}
const plain = new Set(['confirmed', 'lapsed', 'paused', 'resumed', 'handed_over', 'joined', 'stood_down', 'returned', 'closed', 'broadcast', 'widened', 'reassigned', 'step'])

/** `unitOf`: the unit of a household. */
export function sayer(unitOf: (household: string) => string): (l: LedgerLine) => Said {
  return l => {
    switch (l.kind) {
      case 'launched': return [`${zh.kinds['launched']}：${zh.households(String(l.total ?? 0))}`, `${en.kinds['launched']}: ${en.households(String(l.total ?? 0))}`]
      case 'milestone': return milestone(l)
      case 'signed': return [`${l.unit ?? ''} 已签字清点`, `${l.unit ?? ''} is signed`]
      case 'escalated': return l.to ? [`未应答，第 ${l.round ?? 1} 替补接手 ${l.households?.length ?? 0} 户`, `no answer: deputy ${l.round ?? 1} takes ${l.households?.length ?? 0} households`] : [`无人可替：${l.households?.length ?? 0} 户待指挥处理`, `nobody left to ask: ${l.households?.length ?? 0} households are the commander's`]
      case 'reported': return reported(l, unitOf(l.household ?? ''))
      default: return plain.has(l.kind) ? [zh.kinds[l.kind] ?? '', en.kinds[l.kind] ?? ''] : nothing
    }
  }
}

function milestone(l: LedgerLine): Said {
  const id = l.milestone as keyof typeof zh.milestonesLong
  if (id === 'T0' || id === 'T9' || id === 'T10' || !(id in zh.milestonesLong)) return nothing
  return [`${id} ${zh.milestonesLong[id]}${l.void ? '：不再成立' : ''}`, `${id} ${en.milestonesLong[id]}${l.void ? ': no longer so' : ''}`]
}

function reported(l: LedgerLine, unit: string): Said {
  if (l.voids) return [`${unit} 有一户重新打开，签字作废`, `${unit}: a household is open again, the signature is void`]
  if (l.contested) return [`${unit} 一户说法不一`, `${unit}: reports differ on a household`]
  const w = wait[l.state ?? '']
  if (!w && l.received_at - l.at >= tardy) return [`${unit} 补报 1 条`, `${unit}: 1 late report`]
  return w ? [`${unit} ${w[0]}`, `${unit}: ${w[1]}`] : nothing
}
