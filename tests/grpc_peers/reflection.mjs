// What grpcurl does, with the npm packages grpc-js-reflection-client and @grpc/grpc-js: no .proto file, only the server's reflection.
//
//   node reflection.mjs GRPC_PORT       of the example helloworld
import grpc from '@grpc/grpc-js';
import { GrpcReflection } from 'grpc-js-reflection-client';
import { assert, check, end } from './checks.mjs';

const address = `127.0.0.1:${process.argv[2]}`;
const insecure = () => grpc.credentials.createInsecure();

/** One unary call of a client made of a reflected schema: { reply } or { error }. */
function call(client, method, request) {
  const deadline = Date.now() + 50_000;
  return new Promise((resolve) => {
    client[method](request, { deadline }, (error, reply) => resolve({ error, reply }));
  });
}

for (const version of ['v1', 'v1alpha']) {
  const reflection = new GrpcReflection(address, insecure(), {}, version);
  const schema = async (symbol) => (await reflection.getDescriptorBySymbol(symbol)).getPackageObject();
  const type = async (name) => (await reflection.getDescriptorBySymbol(name)).getProtobufJsRoot().lookupType(name);

  await check(`${version}: the services`, async () => {
    assert.deepEqual((await reflection.listServices()).sort(), [
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'helloworld.Greeter',
    ]);
  });

  await check(`${version}: every service has a schema`, async () => {
    for (const service of await reflection.listServices()) {
      const methods = await reflection.listMethods(service);
      assert.ok(methods.length > 0, service);
      for (const { name, definition } of methods) assert.equal(definition.path, `/${service}/${name}`);
    }
    const names = (await reflection.listMethods('helloworld.Greeter')).map((method) => method.name);
    assert.deepEqual(names.filter((name) => /^[A-Z]/.test(name)).sort(), ['GetGreeting', 'ListGreetings', 'SayHello']);
  });

  await check(`${version}: files by name, with what they import`, async () => {
    const root = (await reflection.getDescriptorByFileName('greeter.proto')).getProtobufJsRoot();
    assert.deepEqual(Object.keys(root.lookupType('helloworld.HelloRequest').fields), ['name', 'language']);
    assert.ok(root.lookupType('google.api.HttpRule'));
  });

  await check(`${version}: what is not there is refused`, async () => {
    await assert.rejects(reflection.getDescriptorBySymbol('no.such.Symbol'), /no such file or symbol/);
    await assert.rejects(reflection.getDescriptorByFileName('no_such_file.proto'), /no such file or symbol/);
  });

  await check(`${version}: a call by the reflected schema`, async () => {
    const { helloworld } = await schema('helloworld.Greeter');
    const client = new helloworld.Greeter(address, insecure());
    const { error, reply } = await call(client, 'SayHello', { name: 'Ada', language: 'de' });
    assert.equal(error, null);
    assert.deepEqual(reply, { message: 'Hallo Ada' });
    const list = await call(client, 'ListGreetings', { tags: ['formal'], page_size: 1 });
    assert.equal(list.reply.total, '2');
    assert.deepEqual(list.reply.greetings.map((greeting) => greeting.text), ['Good morning, Ada']);
    client.close();
  });

  await check(`${version}: an error with its google.rpc.ErrorInfo`, async () => {
    const { helloworld } = await schema('helloworld.Greeter');
    const client = new helloworld.Greeter(address, insecure());
    const { error } = await call(client, 'SayHello', { name: 'nobody' });
    client.close();
    assert.equal(error.code, grpc.status.NOT_FOUND);
    assert.equal(error.details, 'there is nobody to greet');
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    const Status = await type('google.rpc.Status');
    const ErrorInfo = await type('google.rpc.ErrorInfo');
    const status = Status.decode(bytes);
    assert.equal(status.code, grpc.status.NOT_FOUND);
    assert.equal(status.message, 'there is nobody to greet');
    assert.equal(status.details.length, 1);
    const any = Status.toObject(status).details[0];
    assert.equal(any.type_url, 'type.googleapis.com/google.rpc.ErrorInfo');
    const info = ErrorInfo.toObject(ErrorInfo.decode(any.value));
    assert.equal(info.reason, 'PERSON_MISSING');
    assert.equal(info.metadata.name, 'nobody');
  });

  await check(`${version}: health by the reflected schema`, async () => {
    const { Health } = (await schema('grpc.health.v1.Health')).grpc.health.v1;
    const client = new Health(address, insecure());
    for (const service of ['', 'helloworld.Greeter']) {
      assert.deepEqual((await call(client, 'Check', { service })).reply, { status: 'SERVING' });
    }
    const { error } = await call(client, 'Check', { service: 'no.such.Service' });
    assert.equal(error.code, grpc.status.NOT_FOUND);
    client.close();
  });
}
end();
