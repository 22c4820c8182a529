// Questions and deeds of the pages that run the program; a refusal comes with what the server says of it.
import type { components } from '../api/schema'

export { ask, at, Refused, send, type Problem, type Session } from '../api/ask'

type Schemas = components['schemas']
export type Role = Schemas['Role']
export type User = Schemas['User']
export type Token = Schemas['Token']
export type TokenMade = Schemas['TokenMade']
export type Enrolled = Schemas['Enrolled']
export type Ways = Schemas['Ways']
export type Fleet = Schemas['Screen']
export type Stop = Schemas['Stop']
