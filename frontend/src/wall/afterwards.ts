// What a wall needs only after it stands; fetched in one piece.
export { default as PageBanner } from './PageBanner.vue'
export { default as PageKeeper } from './PageKeeper.vue'
export { default as PageSound } from './PageSound.vue'
