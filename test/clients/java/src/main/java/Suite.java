import static org.ovirt.engine.sdk4.ConnectionBuilder.connection;
import static org.ovirt.engine.sdk4.builders.Builders.bonding;
import static org.ovirt.engine.sdk4.builders.Builders.dataCenter;
import static org.ovirt.engine.sdk4.builders.Builders.host;
import static org.ovirt.engine.sdk4.builders.Builders.hostNic;
import static org.ovirt.engine.sdk4.builders.Builders.ip;
import static org.ovirt.engine.sdk4.builders.Builders.ipAddressAssignment;
import static org.ovirt.engine.sdk4.builders.Builders.network;
import static org.ovirt.engine.sdk4.builders.Builders.networkAttachment;
import static org.ovirt.engine.sdk4.builders.Builders.networkLabel;
import static org.ovirt.engine.sdk4.builders.Builders.option;
import static org.ovirt.engine.sdk4.builders.Builders.vlan;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.Error;
import org.ovirt.engine.sdk4.builders.HostNicBuilder;
import org.ovirt.engine.sdk4.builders.NetworkAttachmentBuilder;
import org.ovirt.engine.sdk4.builders.NetworkBuilder;
import org.ovirt.engine.sdk4.services.HostService;
import org.ovirt.engine.sdk4.services.NetworkAttachmentService;
import org.ovirt.engine.sdk4.services.NetworkAttachmentsService;
import org.ovirt.engine.sdk4.services.NetworkLabelsService;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.types.BootProtocol;
import org.ovirt.engine.sdk4.types.Event;
import org.ovirt.engine.sdk4.types.Host;
import org.ovirt.engine.sdk4.types.HostNic;
import org.ovirt.engine.sdk4.types.IpAddressAssignment;
import org.ovirt.engine.sdk4.types.IpVersion;
import org.ovirt.engine.sdk4.types.Job;
import org.ovirt.engine.sdk4.types.JobStatus;
import org.ovirt.engine.sdk4.types.Network;
import org.ovirt.engine.sdk4.types.NetworkAttachment;
import org.ovirt.engine.sdk4.types.NetworkUsage;
import org.ovirt.engine.sdk4.types.Option;

/** The founding operations through the unmodified Java SDK; one line for each, as the other suites print them. */
public final class Suite {
    interface Work {
        void run() throws Exception;
    }

    private final Connection connection;
    private final String outside;
    private final SystemService system;
    private final HostService host;

    private Suite(Connection connection, String outside) {
        this.connection = connection;
        this.outside = outside;
        system = connection.systemService();
        Host found = system.hostsService().list().search("name=host1").send().hosts().get(0);
        host = system.hostsService().hostService(found.id());
    }

    public static void main(String[] arguments) throws Exception {
        Connection connection = connection().url(arguments[0]).user("admin@internal").password(arguments[1])
            .insecure(true).build();
        new Suite(connection, arguments[2]).all();
        operation("sign out", connection::close);
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

    /** Asks whoever looks at the hosts from outside. */
    private void outside(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(outside + path))
            .POST(HttpRequest.BodyPublishers.noBody()).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        expect(answer.statusCode() == 200, "seen from outside: " + answer.body());
    }

    /** A founding operation: what another hand does before it, the operation itself, and the kernel after it. */
    private void founding(String step, String words, Work work) {
        operation(step + " " + words, () -> {
            outside("/before/" + step);
            work.run();
            outside("/after/" + step);
        });
    }

    private static void refused(String code, String words, Work work) throws Exception {
        try {
            work.run();
        } catch (Error expected) {
            String message = expected.getMessage();
            expect(message.contains(code) && message.contains(words), message);
            return;
        }
        throw new AssertionError("nobody objected");
    }

    private HostNic nic(String name) {
        return host.nicsService().list().send().nics().stream().filter(one -> one.name().equals(name)).findFirst().get();
    }

    private boolean has(String name) {
        return host.nicsService().list().send().nics().stream().anyMatch(one -> one.name().equals(name));
    }

    private Network named(String name) {
        return system.networksService().list().search("name=" + name).send().networks().get(0);
    }

    private List<NetworkAttachment> attachments() {
        return host.networkAttachmentsService().list().send().attachments();
    }

    private NetworkAttachment attachment(String name) {
        String id = named(name).id();
        return attachments().stream().filter(one -> one.network().id().equals(id)).findFirst().get();
    }

    private NetworkAttachmentService service(String name) {
        return host.networkAttachmentsService().attachmentService(attachment(name).id());
    }

    private NetworkAttachmentsService below(String nic) {
        return host.nicsService().nicService(nic(nic).id()).networkAttachmentsService();
    }

    private static IpAddressAssignment fixed(String address, String gateway) {
        return ipAddressAssignment().assignmentMethod(BootProtocol.STATIC)
            .ip(ip().address(address).netmask("255.255.255.0").gateway(gateway).version(IpVersion.V4)).build();
    }

    private static NetworkAttachmentBuilder attach(String name, String device) {
        return networkAttachment().network(network().name(name)).hostNic(hostNic().name(device));
    }

    /** By the attachment's id, without the network. */
    private NetworkAttachment move(String name, String device) {
        return networkAttachment().id(attachment(name).id()).hostNic(hostNic().name(device)).build();
    }

    private static HostNicBuilder bond(String name, String mode, String... slaves) {
        HostNic[] members = Arrays.stream(slaves).map(slave -> hostNic().name(slave).build()).toArray(HostNic[]::new);
        Option[] options = {
            option().name("mode").value(mode).build(), option().name("miimon").value("100").build()
        };
        return hostNic().name(name).bonding(bonding().options(options).slaves(members));
    }

    private void bondAndMove() {
        host.setupNetworks().modifiedBonds(bond("bond0", "1", "eth1", "eth2").build())
            .modifiedNetworkAttachments(attach("red", "bond0").build(), attach("blue", "bond0").build())
            .checkConnectivity(true).commitOnSuccess(true).send();
    }

    private void all() {
        operation("connect", () -> expect(system.get().send().api().productInfo().version().majorAsInteger() == 4, "version"));
        operation("networks: add, and give to a cluster", () -> {
            String centre = system.dataCentersService().list().search("name=Default").send().dataCenters().get(0).id();
            String cluster = system.clustersService().list().search("name=Default").send().clusters().get(0).id();
            int[] tags = {10, 101, 102, 0};
            int at = 0;
            for (String name : List.of("lease", "red", "blue", "storage")) {
                int tag = tags[at++];
                NetworkBuilder wanted = network().name(name).dataCenter(dataCenter().id(centre));
                // The SDK does not send an empty list; any usage but this makes it no VM network.
                if (tag > 0) wanted.vlan(vlan().id(tag)).usages(NetworkUsage.VM);
                else wanted.usages(NetworkUsage.MIGRATION);
                Network made = system.networksService().add().network(wanted).send().network();
                expect(made.usages().size() == (tag > 0 ? 1 : 0), "usages of " + name);
                system.clustersService().clusterService(cluster).networksService().add()
                    .network(network().id(made.id()).required(false)).send();
            }
        });
        founding("S-01", "a network with DHCP on a nic", () -> {
            NetworkAttachment made = below("eth1").add()
                .attachment(networkAttachment().network(network().name("lease")).ipAddressAssignments(
                    ipAddressAssignment().assignmentMethod(BootProtocol.DHCP).build()))
                .send().attachment();
            expect(made.ipAddressAssignments().get(0).assignmentMethod() == BootProtocol.DHCP, "method");
        });
        founding("S-03", "from DHCP to a static address", () -> {
            NetworkAttachment changed = below("eth1").attachmentService(attachment("lease").id()).update()
                .attachment(networkAttachment().ipAddressAssignments(fixed("10.0.10.15", "10.0.10.254")))
                .send().attachment();
            expect(changed.ipAddressAssignments().get(0).ip().address().equals("10.0.10.15"), "address");
        });
        founding("S-05", "what another hand changed is synchronised", () -> {
            List<String> wrong = service("lease").get().send().attachment().reportedConfigurations().stream()
                .filter(one -> !one.inSync()).map(one -> one.name()).collect(Collectors.toList());
            expect(wrong.equals(List.of("mtu")), "what differs is " + wrong);
            NetworkAttachment changed = service("lease").update().query("override_configuration", "true")
                .attachment(networkAttachment()).send().attachment();
            expect(changed.inSync(), "it is not in sync");
        });
        founding("S-02", "a network is taken off its nic", () -> {
            below("eth1").attachmentService(attachment("lease").id()).remove().send();
            expect(!has("eth1.10"), "the VLAN device stayed");
        });
        founding("S-04", "tagged networks, one call each", () -> {
            for (String name : List.of("red", "blue")) {
                below("eth1").add().attachment(networkAttachment().network(network().id(named(name).id()))).send();
            }
            expect(nic("eth1.101").vlan().idAsInteger() == 101, "the VLAN device");
        });
        founding("S-09", "a network moves to another nic", () -> {
            String id = attachment("red").id();
            NetworkAttachment moved = service("red").update()
                .attachment(networkAttachment().hostNic(hostNic().id(nic("eth2").id()))).send().attachment();
            expect(moved.id().equals(id) && moved.hostNic().id().equals(nic("eth2").id()), "it did not move");
        });
        founding("S-10", "a network moves back by a setup", () -> {
            String id = attachment("red").id();
            host.setupNetworks().modifiedNetworkAttachments(move("red", "eth1")).send();
            expect(attachment("red").id().equals(id), "another attachment");
        });
        founding("S-06", "a bond", () -> {
            host.setupNetworks().modifiedBonds(bond("bond1", "1", "eth3", "eth4").build()).send();
            HostNic slave = connection.followLink(nic("bond1").bonding().slaves().get(0));
            expect(List.of("eth3", "eth4").contains(slave.name()), "slaves");
        });
        founding("S-08", "a slave more, another mode", () -> {
            host.setupNetworks().modifiedBonds(bond("bond1", "2", "eth3", "eth4", "eth5").build()).send();
            expect(nic("bond1").bonding().slaves().size() == 3, "slaves");
        });
        founding("S-16", "a network attached at the host", () -> {
            NetworkAttachment made = host.networkAttachmentsService().add()
                .attachment(attach("storage", "bond1").ipAddressAssignments(fixed("203.0.113.5", null)))
                .send().attachment();
            expect(made.hostNic().id().equals(nic("bond1").id()), "the nic");
        });
        founding("S-15", "networks are synchronised by a setup", () -> {
            NetworkAttachment[] wrong = attachments().stream().filter(one -> !one.inSync()).toArray(NetworkAttachment[]::new);
            expect(wrong.length == 1 && wrong[0].network().id().equals(named("storage").id()), "what is out of sync");
            host.setupNetworks().synchronizedNetworkAttachments(wrong).send();
            expect(attachment("storage").inSync(), "it is not in sync");
        });
        founding("S-07", "a bond goes with the network on it", () -> {
            host.setupNetworks().removedBonds(hostNic().name("bond1").build())
                .removedNetworkAttachments(networkAttachment().id(attachment("storage").id()).build()).send();
            expect(!has("bond1"), "the bond stayed");
        });
        founding("S-11", "a bond takes the networks of its slaves", () -> {
            String id = attachment("red").id();
            bondAndMove();
            expect(nic("bond0").bonding().slaves().size() == 2, "slaves");
            expect(attachment("red").id().equals(id), "another attachment");
        });
        founding("S-12", "the bond is broken, networks onto its slaves", () -> {
            host.setupNetworks().removedBonds(hostNic().id(nic("bond0").id()).build())
                .modifiedNetworkAttachments(attach("red", "eth1").build(), attach("blue", "eth2").build()).send();
            expect(attachment("blue").hostNic().id().equals(nic("eth2").id()), "the nic");
        });
        founding("S-13", "the same by the attachments' ids", () -> {
            bondAndMove();
            host.setupNetworks().removedBonds(hostNic().name("bond0").build())
                .modifiedNetworkAttachments(move("red", "eth1"), move("blue", "eth2")).send();
            expect(attachment("blue").hostNic().id().equals(nic("eth2").id()), "the nic");
        });
        founding("S-14", "several networks go at once", () -> {
            NetworkAttachment red = networkAttachment().id(attachment("red").id()).build();
            NetworkAttachment blue = networkAttachment().id(attachment("blue").id()).build();
            NetworkAttachment unknown = networkAttachment().id("00000000-0000-0000-0000-00000000dead").build();
            refused("400", "ATT-12", () -> host.setupNetworks().removedNetworkAttachments(red, blue, unknown).send());
            expect(attachments().size() == 3, "one bad id, and something went");
            host.setupNetworks().removedNetworkAttachments(red, blue).send();
            expect(attachments().size() == 1, "something stayed");
        });
        operation("refresh, save, synchronise", () -> {
            host.refresh().send();
            host.commitNetConfig().send();
            host.syncAllNetworks().send();
        });
        operation("labels of a nic", () -> {
            NetworkLabelsService labels = host.nicsService().nicService(nic("eth2").id()).networkLabelsService();
            labels.add().label(networkLabel().id("front")).send();
            expect(labels.list().send().labels().get(0).id().equals("front"), "the label");
            labels.labelService("front").remove().send();
            expect(labels.list().send().labels().isEmpty(), "the label stayed");
        });
        operation("statistics of a nic", () -> expect(
            host.nicsService().nicService(nic("eth1").id()).statisticsService().list().send().statistics().size() == 8,
            "statistics"));
        operation("events and jobs", () -> {
            Event newest = system.eventsService().list().max(1).send().events().get(0);
            expect(newest.time() != null && newest.codeAsInteger() > 0, "the newest event");
            Job job = system.jobsService().list().max(1).send().jobs().get(0);
            expect(job.status() == JobStatus.FINISHED && job.endTime() != null, "the newest job");
        });
        operation("what is not there is an error that says so", () -> refused("404", "dead",
            () -> host.networkAttachmentsService().attachmentService("dead").get().send()));
        operation("what a rule refuses is an error that says why", () -> refused("400", "at least two slaves",
            () -> host.setupNetworks().modifiedBonds(bond("bond0", "1", "eth1").build()).send()));
        operation("a refused action is an error, too", () -> refused("400", "COPY-02",
            () -> host.copyHostNetworks().sourceHost(host().id("nowhere")).send()));
        operation("networks: remove", () -> {
            for (String name : List.of("lease", "red", "blue", "storage")) {
                system.networksService().networkService(named(name).id()).remove().send();
            }
        });
    }
}
