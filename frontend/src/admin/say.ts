// A refusal in words that say what is wrong and what to do next.
import { formatDuration } from '../words/times'
import type { AdminWords } from '../words/admin'
import { Refused } from './ask'

/** How long to wait, in the words of the page. */
export function wait(ms: number, lang: 'zh' | 'en'): string {
  return ms < 60_000 ? (lang === 'zh' ? `${Math.max(1, Math.ceil(ms / 1000))} 秒` : `${Math.max(1, Math.ceil(ms / 1000))} s`) : formatDuration(ms, lang)
}

/** Any failed deed. */
export function said(e: unknown, words: AdminWords): string {
  if (!(e instanceof Refused)) throw e
  if (e.status === 0) return words.lost
  const fields = (e.problem.errors ?? []).map(f => field(f.pointer, f.detail, words))
  if (fields.length > 0) return fields.join(' ')
  return words.problems[e.status] ?? `${words.failed(e.status)} ${e.problem.detail ?? ''}`
}

function field(pointer: string, detail: string, words: AdminWords): string {
  if (pointer === '/name' && detail.includes('taken')) return words.nameTaken
  if (pointer === '/name' && detail.startsWith('a name is')) return words.badName
  if (pointer === '/password' || pointer === '/new_password') return `${words.badPassword}：${detail}`
  if (pointer === '/role' && detail.includes('three people')) return words.three
  if (pointer === '/code' && detail.startsWith('no wall')) return words.noWallCode
  if (pointer === '/code' && detail.startsWith('this code is over')) return words.problems[410] ?? detail
  return `${pointer.slice(1)}: ${detail}`
}

/** A sign-in elsewhere that failed, by the word that came back with it; empty when none did. */
export function arrivalSaid(failed: unknown, words: AdminWords): string {
  if (typeof failed !== 'string') return ''
  return words.refusals[failed] ?? words.refusals.elsewhere_failed ?? ''
}

/** A sign-in that failed. */
export function signInSaid(e: unknown, words: AdminWords, lang: 'zh' | 'en'): string {
  if (!(e instanceof Refused)) throw e
  if (e.status === 401) return words.wrong
  if (e.status === 429) return words.locked(wait(e.after, lang))
  if (e.status === 503) return words.busy(wait(e.after, lang))
  if (e.kind === 'password_expired') return words.expired
  const why = words.refusals[e.kind]
  if (why) return why
  return said(e, words)
}
