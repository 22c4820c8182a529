// The words of the phone at the door, in the language of the page.
import { fieldEn } from './field.en'
import { fieldZh, type FieldWords } from './field.zh'

export type { FieldWords }

export function fieldWords(lang: 'zh' | 'en'): FieldWords {
  return lang === 'en' ? fieldEn : fieldZh
}
