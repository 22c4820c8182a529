// The words of explanations in the language of the page.
import { explainEn } from './explain.en'
import { explainZh, type ExplainWords } from './explain.zh'

export type { ExplainWords }

export function explainWords(lang: 'zh' | 'en'): ExplainWords {
  return lang === 'en' ? explainEn : explainZh
}
