// Which page answers which path; what one wall doesn't need is fetched when it is asked for.
import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/stories', component: () => import('./stories/StoriesPage.vue') },
  ],
})
