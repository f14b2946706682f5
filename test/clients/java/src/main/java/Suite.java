import static org.ovirt.engine.sdk4.ConnectionBuilder.connection;
import static org.ovirt.engine.sdk4.builders.Builders.bonding;
import static org.ovirt.engine.sdk4.builders.Builders.dataCenter;
import static org.ovirt.engine.sdk4.builders.Builders.hostNic;
import static org.ovirt.engine.sdk4.builders.Builders.ip;
import static org.ovirt.engine.sdk4.builders.Builders.ipAddressAssignment;
import static org.ovirt.engine.sdk4.builders.Builders.network;
import static org.ovirt.engine.sdk4.builders.Builders.networkAttachment;
import static org.ovirt.engine.sdk4.builders.Builders.option;
import static org.ovirt.engine.sdk4.builders.Builders.vlan;

import java.util.List;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.Error;
import org.ovirt.engine.sdk4.builders.HostNicBuilder;
import org.ovirt.engine.sdk4.builders.NetworkAttachmentBuilder;
import org.ovirt.engine.sdk4.services.HostService;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.types.BootProtocol;
import org.ovirt.engine.sdk4.types.Host;
import org.ovirt.engine.sdk4.types.HostNic;
import org.ovirt.engine.sdk4.types.IpVersion;
import org.ovirt.engine.sdk4.types.Network;
import org.ovirt.engine.sdk4.types.NetworkAttachment;
import org.ovirt.engine.sdk4.types.NetworkUsage;

/** The founding operations through the unmodified Java SDK; one line for each, as the other suites print them. */
public final class Suite {
    interface Work {
        void run() throws Exception;
    }

    private final SystemService system;
    private final HostService host;

    private Suite(Connection connection) {
        system = connection.systemService();
        Host found = system.hostsService().list().search("name=host1").send().hosts().get(0);
        host = system.hostsService().hostService(found.id());
    }

    public static void main(String[] arguments) throws Exception {
        Connection connection = connection().url(arguments[0]).user("admin@internal").password(arguments[1])
            .insecure(true).build();
        new Suite(connection).all();
        connection.close();
    }

    private static void operation(String name, Work work) {
        try {
            work.run();
            System.out.println("ok\t" + name);
        } catch (Exception | AssertionError problem) {
            System.out.println("failed\t" + name + "\t" + problem.toString().replaceAll("\\s+", " "));
        }
    }

    private static void expect(boolean truth, String words) {
        if (!truth) throw new AssertionError(words);
    }

    private HostNic nic(String name) {
        return host.nicsService().list().send().nics().stream().filter(one -> one.name().equals(name)).findFirst().get();
    }

    private Network named(String name) {
        return system.networksService().list().search("name=" + name).send().networks().get(0);
    }

    private NetworkAttachment attachment(String name) {
        String id = named(name).id();
        return host.networkAttachmentsService().list().send().attachments().stream()
            .filter(one -> one.network().id().equals(id)).findFirst().get();
    }

    private static NetworkAttachmentBuilder attach(String name, String device) {
        return networkAttachment().network(network().name(name)).hostNic(hostNic().name(device));
    }

    private static HostNicBuilder bond(String name, String... slaves) {
        HostNic[] members = new HostNic[slaves.length];
        for (int at = 0; at < slaves.length; at++) members[at] = hostNic().name(slaves[at]).build();
        return hostNic().name(name).bonding(
            bonding().options(option().name("mode").value("1").build(), option().name("miimon").value("100").build())
                .slaves(members));
    }

    private void all() {
        operation("connect", () -> expect(system.get().send().api().productInfo().version().majorAsInteger() == 4, "version"));
        operation("networks: add, and give to a cluster", () -> {
            String centre = system.dataCentersService().list().search("name=Default").send().dataCenters().get(0).id();
            String cluster = system.clustersService().list().search("name=Default").send().clusters().get(0).id();
            int tag = 80;
            for (String name : List.of("jblue", "jred")) {
                Network made = system.networksService().add().network(
                    network().name(name).dataCenter(dataCenter().id(centre)).vlan(vlan().id(tag++)).usages(NetworkUsage.VM)
                ).send().network();
                system.clustersService().clusterService(cluster).networksService().add()
                    .network(network().id(made.id()).required(false)).send();
            }
        });
        operation("S-01 a network with DHCP on a nic", () -> {
            NetworkAttachment made = host.nicsService().nicService(nic("eth1").id()).networkAttachmentsService().add()
                .attachment(networkAttachment().network(network().name("jblue")).ipAddressAssignments(
                    ipAddressAssignment().assignmentMethod(BootProtocol.DHCP).build()))
                .send().attachment();
            expect(made.ipAddressAssignments().get(0).assignmentMethod() == BootProtocol.DHCP, "method");
        });
        operation("S-03 from DHCP to a static address", () -> {
            NetworkAttachment changed = host.networkAttachmentsService().attachmentService(attachment("jblue").id()).update()
                .attachment(networkAttachment().ipAddressAssignments(
                    ipAddressAssignment().assignmentMethod(BootProtocol.STATIC)
                        .ip(ip().address("192.0.2.17").netmask("255.255.255.0").version(IpVersion.V4)).build()))
                .send().attachment();
            expect(changed.ipAddressAssignments().get(0).ip().address().equals("192.0.2.17"), "address");
        });
        operation("S-09 a network moves to another nic", () -> {
            String id = attachment("jblue").id();
            host.networkAttachmentsService().attachmentService(id).update()
                .attachment(networkAttachment().hostNic(hostNic().name("eth2"))).send();
            expect(attachment("jblue").id().equals(id), "another attachment");
        });
        operation("S-11 a bond takes networks", () -> {
            host.setupNetworks().modifiedBonds(bond("bond0", "eth3", "eth4").build())
                .modifiedNetworkAttachments(attach("jblue", "bond0").build(), attach("jred", "bond0").build())
                .checkConnectivity(true).commitOnSuccess(true).send();
            expect(nic("bond0").bonding().slaves().size() == 2, "slaves");
        });
        operation("S-12 the bond is broken, networks onto its slaves", () -> {
            host.setupNetworks().removedBonds(hostNic().id(nic("bond0").id()).build())
                .modifiedNetworkAttachments(attach("jblue", "eth3").build(), attach("jred", "eth4").build()).send();
            expect(attachment("jred").hostNic().id().equals(nic("eth4").id()), "the nic");
        });
        operation("S-05 synchronise", () -> host.syncAllNetworks().send());
        operation("S-15 the configuration is saved", () -> host.commitNetConfig().send());
        operation("what is not there is an error that says so", () -> {
            try {
                host.networkAttachmentsService().attachmentService("00000000").get().send();
            } catch (Error expected) {
                expect(expected.getMessage().contains("404"), expected.getMessage());
                return;
            }
            throw new AssertionError("nobody objected");
        });
        operation("what a rule refuses is an error that says why", () -> {
            try {
                host.setupNetworks().modifiedBonds(bond("bond0", "eth1").build()).send();
            } catch (Error expected) {
                expect(expected.getMessage().contains("at least two slaves"), expected.getMessage());
                return;
            }
            throw new AssertionError("nobody objected");
        });
        operation("S-14 several networks go at once", () -> {
            host.setupNetworks().removedNetworkAttachments(
                networkAttachment().id(attachment("jblue").id()).build(),
                networkAttachment().id(attachment("jred").id()).build()).send();
            expect(host.networkAttachmentsService().list().send().attachments().size() == 1, "something stayed");
        });
    }
}
