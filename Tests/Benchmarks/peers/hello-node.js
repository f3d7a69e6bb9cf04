// Node's http module as hello-JSON. Argument: the port.
const http = require('http');

http.createServer((request, response) => {
  if (request.method !== 'GET' || request.url !== '/healthz') {
    response.writeHead(404).end();
    return;
  }
  const body = JSON.stringify({status: 'ok', version: '0.1.0'});
  response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': body.length});
  response.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1');
