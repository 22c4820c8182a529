// What tiles of one kind and size agree upon: tiles in one row share the smallest figure size,
// small multiples of one indicator share one scale. The grid opens the agreement, tiles join it.
import { inject, onBeforeUnmount, provide, shallowReactive, type InjectionKey } from 'vue'

/** Values by group and member. */
type Groups = Map<string, Map<string, number>>

interface Agreement {
  join(group: string, member: string, value: number): void
  leave(group: string, member: string): void
  most(group: string, own: number): number
}

const key: InjectionKey<Agreement> = Symbol('shared sizes')

/** Opens an agreement for all tiles below this component. */
export function provideShares(): void {
  const groups: Groups = new Map()
  const most = shallowReactive(new Map<string, number>())
  const settle = (group: string) => {
    const members = groups.get(group)
    if (!members || members.size === 0) {
      groups.delete(group)
      most.delete(group)
      return
    }
    const next = Math.max(...members.values())
    if (most.get(group) !== next) most.set(group, next)
  }
  provide(key, {
    join(group, member, value) {
      let members = groups.get(group)
      if (!members) groups.set(group, (members = new Map()))
      if (members.get(member) === value) return
      members.set(member, value)
      settle(group)
    },
    leave(group, member) {
      groups.get(group)?.delete(member)
      settle(group)
    },
    most: (group, own) => Math.max(most.get(group) ?? own, own),
  })
}

/** A member of agreements: `most` is the largest value of its group, its own when it stands alone. */
export function useShare(member: () => string) {
  const agreement = inject(key, null)
  const joined = new Map<string, string>()
  onBeforeUnmount(() => joined.forEach((id, group) => agreement?.leave(group, id)))
  return {
    tell(group: string, value: number): void {
      if (!agreement) return
      const id = member()
      joined.set(group, id)
      agreement.join(group, id, value)
    },
    most(group: string, own: number): number {
      return agreement ? agreement.most(group, own) : own
    },
  }
}
