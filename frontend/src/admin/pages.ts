// The pages of this folder, which come in one piece.
export { default as AccountPage } from './AccountPage.vue'
export { default as PairPage } from './PairPage.vue'
export { default as SignInPage } from './SignInPage.vue'
export { default as AuditPage } from './AuditPage.vue'
export { default as PeoplePage } from './PeoplePage.vue'
export { default as ScreensPage } from './ScreensPage.vue'
export { default as SourcesPage } from './SourcesPage.vue'
export { default as TokensPage } from './TokensPage.vue'
