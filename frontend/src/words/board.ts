// The words of a command's board and report in the language of the page.
import { boardEn } from './board.en'
import { boardZh, type BoardWords } from './board.zh'

export type { BoardWords }

export function boardWords(lang: 'zh' | 'en'): BoardWords {
  return lang === 'en' ? boardEn : boardZh
}
