// The pages of this folder, which come in one piece.
export { default as AccountPage } from './AccountPage.vue'
export { default as PairPage } from './PairPage.vue'
export { default as SignInPage } from './SignInPage.vue'
