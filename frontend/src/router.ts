// Which page answers which path; what one wall doesn't need is fetched when it is asked for.
import { createRouter, createWebHistory } from 'vue-router'
import WallPage from './wall/WallPage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./wall/TreePage.vue') },
    { path: '/wall/:cockpit', component: WallPage, props: true },
    { path: '/street/:cockpit/:tile?', component: () => import('./street/StreetPage.vue'), props: true },
    { path: '/map/:cockpit', component: () => import('./map/MapPage.vue'), props: true },
    { path: '/stories', component: () => import('./stories/StoriesPage.vue') },
    { path: '/:rest(.*)*', component: () => import('./wall/NotHerePage.vue') },
  ],
})
