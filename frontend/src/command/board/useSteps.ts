// The plan's steps and how they stand, asked when somebody looks.
import { shallowRef } from 'vue'
import { ask, at, Refused } from '../../api/ask'

export interface Step { readonly id: string; readonly name: string; readonly name_en: string; readonly role: string; readonly due: number | null; readonly done_at: number | null; readonly late: boolean }

export function useSteps(command: string, wanted: boolean) {
  const steps = shallowRef<readonly Step[]>([])
  if (wanted) void ask<Step[]>('GET', `/commands${at(command)}/steps`).then(list => { steps.value = list }).catch((e: unknown) => { if (!(e instanceof Refused)) throw e })
  return steps
}
