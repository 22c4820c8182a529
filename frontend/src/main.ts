// The screens: one page, its path chooses who it is for.
import { createApp } from 'vue'
import App from './App.vue'
import { install } from './cockpit/station'
import { turnAway } from './gate'
import { router } from './router'
import './style/fonts.css'
import './style/tokens.css'
import './style/base.css'

const app = createApp(App).use(router)
install(app, () => void turnAway(router))
app.mount('#app')
