# The founding operations through the unmodified Ruby SDK; one line for each, as the other suites print them.

require 'net/http'
require 'ovirtsdk4'

URL, PASSWORD, OUTSIDE = ARGV
$stdout.sync = true

include OvirtSDK4

def operation(name)
  yield
  puts "ok\t#{name}"
rescue StandardError => e
  puts "failed\t#{name}\t#{"#{e.class}: #{e.message}".split.join(' ')}"
end

def expect(truth, words)
  raise words unless truth
end

# Asks whoever looks at the hosts from outside.
def outside(path)
  answer = Net::HTTP.post(URI("#{OUTSIDE}/#{path}"), '')
  expect(answer.code == '200', "seen from outside: #{answer.body}")
end

# A founding operation: what another hand does before it, the operation itself, and the kernel after it.
def founding(step, words)
  operation("#{step} #{words}") do
    outside("before/#{step}")
    yield
    outside("after/#{step}")
  end
end

def refused(code, words)
  yield
rescue OvirtSDK4::Error => e
  expect(e.code == code && e.fault.detail.include?(words), e.message)
else
  raise 'nobody objected'
end

CONNECTION = Connection.new(url: URL, username: 'admin@internal', password: PASSWORD, insecure: true)
SYSTEM = CONNECTION.system_service
NETWORKS = SYSTEM.networks_service
HOST_ID = SYSTEM.hosts_service.list(search: 'name=host1').first.id
HOST = SYSTEM.hosts_service.host_service(HOST_ID)
NICS = HOST.nics_service
ATTACHMENTS = HOST.network_attachments_service

def nic(name)
  NICS.list.find { |one| one.name == name } || raise("there is no nic #{name}")
end

def nic?(name)
  NICS.list.any? { |one| one.name == name }
end

def below(name)
  NICS.nic_service(nic(name).id).network_attachments_service
end

def network(name)
  NETWORKS.list(search: "name=#{name}").first
end

def attachment(name)
  id = network(name).id
  ATTACHMENTS.list.find { |one| one.network.id == id } || raise("#{name} is not attached")
end

def service(name)
  ATTACHMENTS.attachment_service(attachment(name).id)
end

def fixed(address, gateway = nil)
  ip = Ip.new(address: address, netmask: '255.255.255.0', gateway: gateway, version: IpVersion::V4)
  IpAddressAssignment.new(assignment_method: BootProtocol::STATIC, ip: ip)
end

def attach(name, device, **more)
  NetworkAttachment.new(network: { name: name }, host_nic: { name: device }, **more)
end

# By the attachment's id, without the network.
def move(name, device)
  NetworkAttachment.new(id: attachment(name).id, host_nic: { name: device })
end

def bond(name, mode, *slaves)
  options = [Option.new(name: 'mode', value: mode), Option.new(name: 'miimon', value: '100')]
  HostNic.new(name: name, bonding: { options: options, slaves: slaves.map { |slave| HostNic.new(name: slave) } })
end

def bond_and_move
  HOST.setup_networks(
    modified_bonds: [bond('bond0', '1', 'eth1', 'eth2')],
    modified_network_attachments: [attach('red', 'bond0'), attach('blue', 'bond0')],
    check_connectivity: true,
    commit_on_success: true
  )
end

operation('connect') { expect(SYSTEM.get.product_info.version.major == 4, 'no version 4') }
operation('networks: add, and give to a cluster') do
  cluster = SYSTEM.clusters_service.list(search: 'name=Default').first
  assigned = SYSTEM.clusters_service.cluster_service(cluster.id).networks_service
  { 'lease' => 10, 'red' => 101, 'blue' => 102, 'storage' => nil }.each do |name, tag|
    wanted = Network.new(name: name, data_center: { name: 'Default' }, usages: tag ? [NetworkUsage::VM] : [])
    wanted.vlan = Vlan.new(id: tag) if tag
    made = NETWORKS.add(wanted)
    assigned.add(Network.new(id: made.id, required: false))
  end
end
founding('S-01', 'a network with DHCP on a nic') do
  dhcp = IpAddressAssignment.new(assignment_method: BootProtocol::DHCP)
  made = below('eth1').add(NetworkAttachment.new(network: { name: 'lease' }, ip_address_assignments: [dhcp]))
  expect(made.ip_address_assignments.first.assignment_method == BootProtocol::DHCP, 'method')
end
founding('S-03', 'from DHCP to a static address') do
  wanted = NetworkAttachment.new(ip_address_assignments: [fixed('10.0.10.15', '10.0.10.254')])
  changed = below('eth1').attachment_service(attachment('lease').id).update(wanted)
  expect(changed.ip_address_assignments.first.ip.address == '10.0.10.15', 'address')
end
founding('S-05', 'what another hand changed is synchronised') do
  expect(!attachment('lease').in_sync, 'it is in sync')
  changed = service('lease').update(NetworkAttachment.new, query: { override_configuration: true })
  expect(changed.in_sync, 'it is not in sync')
end
founding('S-02', 'a network is taken off its nic') do
  below('eth1').attachment_service(attachment('lease').id).remove
  expect(!nic?('eth1.10'), 'the VLAN device stayed')
end
founding('S-04', 'tagged networks, one call each') do
  %w[red blue].each { |name| below('eth1').add(NetworkAttachment.new(network: { id: network(name).id })) }
  expect(nic?('eth1.101'), 'the VLAN device')
end
founding('S-09', 'a network moves to another nic') do
  before = attachment('red').id
  moved = service('red').update(NetworkAttachment.new(host_nic: { id: nic('eth2').id }))
  expect(moved.id == before && moved.host_nic.id == nic('eth2').id, 'it did not move')
end
founding('S-10', 'a network moves back by a setup') do
  before = attachment('red').id
  HOST.setup_networks(modified_network_attachments: [move('red', 'eth1')])
  expect(attachment('red').id == before, 'another attachment')
end
founding('S-06', 'a bond') do
  HOST.setup_networks(modified_bonds: [bond('bond1', '1', 'eth3', 'eth4')])
  slaves = nic('bond1').bonding.slaves.map { |slave| CONNECTION.follow_link(slave).name }
  expect(slaves.sort == %w[eth3 eth4], "slaves are #{slaves}")
end
founding('S-08', 'a slave more, another mode') do
  HOST.setup_networks(modified_bonds: [bond('bond1', '2', 'eth3', 'eth4', 'eth5')])
  expect(nic('bond1').bonding.slaves.length == 3, 'slaves')
end
founding('S-16', 'a network attached at the host') do
  made = ATTACHMENTS.add(attach('storage', 'bond1', ip_address_assignments: [fixed('203.0.113.5')]))
  expect(made.host_nic.id == nic('bond1').id, 'the nic')
end
founding('S-15', 'networks are synchronised by a setup') do
  expect(!attachment('storage').in_sync, 'it is in sync')
  HOST.setup_networks(synchronized_network_attachments: [NetworkAttachment.new(id: attachment('storage').id)])
  expect(attachment('storage').in_sync, 'it is not in sync')
end
founding('S-07', 'a bond goes with the network on it') do
  HOST.setup_networks(
    removed_bonds: [HostNic.new(name: 'bond1')],
    removed_network_attachments: [NetworkAttachment.new(id: attachment('storage').id)]
  )
  expect(!nic?('bond1'), 'the bond stayed')
end
founding('S-11', 'a bond takes the networks of its slaves') do
  before = attachment('red').id
  bond_and_move
  expect(attachment('red').id == before, 'another attachment')
end
founding('S-12', 'the bond is broken, networks onto its slaves') do
  HOST.setup_networks(
    removed_bonds: [HostNic.new(id: nic('bond0').id)],
    modified_network_attachments: [attach('red', 'eth1'), attach('blue', 'eth2')]
  )
end
founding('S-13', "the same by the attachments' ids") do
  bond_and_move
  HOST.setup_networks(
    removed_bonds: [HostNic.new(name: 'bond0')],
    modified_network_attachments: [move('red', 'eth1'), move('blue', 'eth2')]
  )
end
founding('S-14', 'several networks go at once') do
  gone = %w[red blue].map { |name| NetworkAttachment.new(id: attachment(name).id) }
  unknown = NetworkAttachment.new(id: '00000000-0000-0000-0000-00000000dead')
  refused(400, 'ATT-12') { HOST.setup_networks(removed_network_attachments: [*gone, unknown]) }
  HOST.setup_networks(removed_network_attachments: gone)
  expect(ATTACHMENTS.list.length == 1, 'something stayed')
end
operation('what a rule refuses is an error that says why') do
  refused(400, 'at least two slaves') { HOST.setup_networks(modified_bonds: [bond('bond0', '1', 'eth1')]) }
end
operation('networks: remove') do
  %w[lease red blue storage].each { |name| NETWORKS.network_service(network(name).id).remove }
end
operation('sign out') { CONNECTION.close }
