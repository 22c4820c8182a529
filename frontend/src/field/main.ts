// The phone's pages: a page of their own, so that a phone in a stairwell fetches no wall.
import { createApp, type Component } from 'vue'
import EntryPage from './EntryPage.vue'
import ShelterPage from './ShelterPage.vue'
import TaskPage from './TaskPage.vue'
import '../style/fonts.css'
import '../style/tokens.css'
import '../style/base.css'
import './field.css'
import { keepFaces } from './faces'
import { setLang } from './lang'

const [, , page = '', id = ''] = location.pathname.split('/')
const [root, props]: [Component, Record<string, string>] = page === 'shelter' ? [ShelterPage, { shelter: id }] : page === 'task' ? [TaskPage, {}] : [EntryPage, {}]

setLang()
createApp(root, props).mount('#app')
// Where a page may not have a worker (plain http on a name), it still works with a network.
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' }).then(keepFaces).catch(() => undefined)
}
