// The words of a command's board and report in the language of the page.
import { boardEn } from './board.en'
import { boardZh, type BoardWords } from './board.zh'

export type { BoardWords }

export function boardWords(lang: 'zh' | 'en'): BoardWords {
  return lang === 'en' ? boardEn : boardZh
}

/** Minutes and seconds as short as they get: 0:03, 12:40, 1:02:09. */
export function formatPast(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}
