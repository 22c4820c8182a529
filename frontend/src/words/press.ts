// The words of what comes before a command, in the language of the page.
import { pressEn } from './press.en'
import { pressZh, type PressWords } from './press.zh'

export type { PressWords }

export function pressWords(lang: 'zh' | 'en'): PressWords {
  return lang === 'en' ? pressEn : pressZh
}
