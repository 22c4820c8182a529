// The words of sign-in and of the pages that run the program, in the language of the page.
import { adminEn } from './admin.en'
import { adminZh, type AdminWords } from './admin.zh'

export type { AdminWords }

export function adminWords(lang: 'zh' | 'en'): AdminWords {
  return lang === 'en' ? adminEn : adminZh
}
