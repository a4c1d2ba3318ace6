// Contentstack's JavaScript management SDK, unchanged, against the simulated Contentstack.
// Usage: node contentstack.mjs <folder with node_modules> <host> <port>
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [folder, host, port] = process.argv.slice(2)
const contentstack = createRequire(`${folder}/`)('@contentstack/management')
const ORG = 'blt0a11ca11de500001'
const SHOP = 'blt57ac000000000002'
const MEMBER_ROLE = 'blt0a11ca11ad000002'

const client = contentstack.client({ host, port: Number(port) })
const login = await client.login({ email: 'rollcall-bot@example.com', password: 'correct horse battery staple' })
assert.equal(login.notice, 'Login Successful.')

const me = await client.getUser({ include_orgs_roles: true })
assert.equal(me.organizations[0].org_roles[0].admin, true)

const organization = client.organization(ORG)
assert.equal((await organization.fetch({ include_plan: true })).plan.features.length, 8)
assert.equal((await organization.roles()).items.length, 5)
assert.equal((await organization.stacks({ include_count: true })).count, 6)

const people = await organization.getInvitations({ limit: 100, include_count: true })
assert.deepEqual([people.items.length, people.count], [100, 250])
const added = await organization.addUser({ users: { 'js.sdk@example.com': [MEMBER_ROLE] } })
assert.deepEqual([added.notice, added.items.length], ['The invitation has been sent successfully.', 1])

// Its resendInvitation omits `/share` in the path (CS §3.5): there is no such route, here as there.
const refused = await organization.resendInvitation(added.items[0].uid).then(() => null, (error) => error)
assert.match(String(refused?.message), /"status":404/)

const stack = client.stack({ api_key: SHOP })
const roles = (await stack.role().fetchAll()).items
assert.deepEqual(roles.map((role) => role.name), ['Admin', 'Developer', 'Content Manager', 'Translator'])
const users = await stack.users()
const dora = users.find((user) => user.email === 'dora.deactivated@example.com')
const changed = await stack.updateUsersRoles({ [dora.uid]: [roles[2].uid] })
assert.equal(changed.notice, 'The roles were applied successfully.')
assert.equal((await stack.share(['gus.guest@example.com'], { 'gus.guest@example.com': [roles[3].uid] })).notice,
  'The invitation has been sent successfully.')
assert.equal((await stack.unShare('gus.guest@example.com')).notice, 'The stack has been successfully unshared.')

const teams = await organization.teams().fetchAll({ include_count: true })
assert.deepEqual([teams.items.length, teams.count], [2, 2])
assert.equal((await client.logout()).notice, "You've logged out successfully!")
console.log('JavaScript management SDK: ok')
