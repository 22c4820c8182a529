// The words of the street leader's page in the language of the page.
import { streetEn } from './street.en'
import { streetZh, type StreetWords } from './street.zh'

export type { StreetWords }

export function streetWords(lang: 'zh' | 'en'): StreetWords {
  return lang === 'en' ? streetEn : streetZh
}
