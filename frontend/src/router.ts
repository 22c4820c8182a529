// Which page answers which path; what one wall doesn't need is fetched when it is asked for.
import { createRouter, createWebHistory } from 'vue-router'
import type * as Pages from './admin/pages'
import WallPage from './wall/WallPage.vue'

/** Signing in, pairing, and the pages that run the program come together. */
const admin = (page: keyof typeof Pages) => () => import('./admin/pages').then(m => m[page])

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./wall/TreePage.vue') },
    { path: '/wall/:cockpit', component: WallPage, props: true },
    { path: '/street/:cockpit/:tile?', component: () => import('./street/StreetPage.vue'), props: true },
    { path: '/map/:cockpit', component: () => import('./map/MapPage.vue'), props: true },
    { path: '/play/:playlist?', component: () => import('./wall/PlayPage.vue'), props: true },
    { path: '/command/:id/report', component: () => import('./command/report/ReportPage.vue'), props: true },
    { path: '/command', component: () => import('./command/list/ListPage.vue') },
    { path: '/command/new/:planId', component: () => import('./command/before/BeforePage.vue'), props: true },
    { path: '/plans/:planId', component: () => import('./command/list/PlanPage.vue'), props: true },
    { path: '/command/:id', component: () => import('./command/board/BoardPage.vue'), props: true },
    { path: '/sign-in', component: admin('SignInPage') },
    { path: '/account', component: admin('AccountPage') },
    { path: '/screens/pair', component: admin('PairPage') },
    { path: '/screens', component: admin('ScreensPage') },
    { path: '/people', component: admin('PeoplePage') },
    { path: '/tokens', component: admin('TokensPage') },
    { path: '/lists', component: admin('ListsPage') },
    { path: '/sources', component: admin('SourcesPage') },
    { path: '/audit', component: admin('AuditPage') },
    { path: '/studio/:cockpit', component: () => import('./studio/StudioPage.vue'), props: true },
    { path: '/stories', component: () => import('./stories/StoriesPage.vue') },
    { path: '/:rest(.*)*', component: () => import('./wall/NotHerePage.vue') },
  ],
})
