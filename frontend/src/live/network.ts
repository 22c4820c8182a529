// The one way of this page to its server.
import { eventStreams } from './events'
import { Fallback } from './fallback'
import { browser } from './socket'

export const network = new Fallback(browser, eventStreams, '/api/v1/live')
