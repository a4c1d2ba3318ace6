// The JavaScript SDK and the CLI refuse `localhost` and addresses as a host. This gives them a name that leads to
// loopback, as a line in /etc/hosts would; the clients stay as they are.
const dns = require('node:dns')
const { lookup } = dns
dns.lookup = (name, options, done) => lookup(name.endsWith('.contentstack.test') ? '127.0.0.1' : name, options, done)
