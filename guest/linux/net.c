/*
 * Networking: protocols, families, queueing disciplines and what else modules
 * add to a network stack that nothing passes through.
 */
#include "linux.h"

KEEPS("protocol", proto_register, proto_unregister)
KEEPS("inet protocol switch", inet_register_protosw, inet_unregister_protosw)
KEEPS("inet6 protocol switch", inet6_register_protosw,
    inet6_unregister_protosw)
NOTIFIES("netdevice notifier", register_netdevice_notifier,
    unregister_netdevice_notifier)
NOTIFIES("inetaddr notifier", register_inetaddr_notifier,
    unregister_inetaddr_notifier)
NOTIFIES("inet6addr notifier", register_inet6addr_notifier,
    unregister_inet6addr_notifier)
NOTIFIES_GPL("netevent notifier", register_netevent_notifier,
    unregister_netevent_notifier)
NOTIFIES("netlink notifier", netlink_register_notifier,
    netlink_unregister_notifier)
NOTIFIES_GPL("switchdev notifier", register_switchdev_notifier,
    unregister_switchdev_notifier)
NOTIFIES_GPL("switchdev blocking notifier", register_switchdev_blocking_notifier,
    unregister_switchdev_blocking_notifier)
NOTIFIES("dcb notifier", register_dcbevent_notifier,
    unregister_dcbevent_notifier)
KEEPS_GPL("network link type", rtnl_link_register, rtnl_link_unregister)
KEEPS_GPL("address family link operations", rtnl_af_register,
    rtnl_af_unregister)
KEEPS("generic netlink family", genl_register_family, genl_unregister_family)
KEEPS("queueing discipline", register_qdisc, unregister_qdisc)
KEEPS("traffic classifier", register_tcf_proto_ops,
    unregister_tcf_proto_ops)
KEEPS("extended match", tcf_em_register, tcf_em_unregister)
KEEPS_GPL("congestion control", tcp_register_congestion_control,
    tcp_unregister_congestion_control)
KEEPS_GPL("upper layer protocol", tcp_register_ulp, tcp_unregister_ulp)
KEEPS_GPL("socket diagnostics", sock_diag_register, sock_diag_unregister)
KEEPS_GPL("inet diagnostics", inet_diag_register, inet_diag_unregister)
KEEPS("netfilter socket option", nf_register_sockopt,
    nf_unregister_sockopt)
KEEPS("netfilter logger", nf_log_register, nf_log_unregister)
KEEPS_GPL("conntrack helper", nf_conntrack_helper_register,
    nf_conntrack_helper_unregister)
KEEPS("phonet protocol", phonet_proto_register, phonet_proto_unregister)
KEEPS("key manager", xfrm_register_km, xfrm_unregister_km)

LINUX(void, dev_add_pack, (void *type))
{
	(void)registry_add("packet type", type, NULL, CALLER);
}

UNREGISTERS("packet type", dev_remove_pack)
UNREGISTERS("packet type", __dev_remove_pack)

/* struct net_proto_family begins with its number. */
LINUX(int, sock_register, (const int *family))
{
	return registry_add("socket family", (void *)(intptr_t)(*family + 1),
	    NULL, CALLER);
}

LINUX(void, sock_unregister, (int family))
{
	(void)registry_remove("socket family", (void *)(intptr_t)(family + 1),
	    CALLER);
}

LINUX(int, xfrm_register_type, (const void *type, unsigned short family))
{
	return registry_add("xfrm type", type, NULL, CALLER);
}

LINUX(void, xfrm_unregister_type, (const void *type, unsigned short family))
{
	(void)registry_remove("xfrm type", type, CALLER);
}

#define PROTOCOL_NUMBER(kind, add, del)					\
	LINUX(int, add, (const void *protocol, unsigned char number))	\
	{								\
		return registry_add(kind, protocol, NULL, CALLER);	\
	}								\
	LINUX(int, del, (const void *protocol, unsigned char number))	\
	{								\
		return registry_remove(kind, protocol, CALLER) ? 0 : -1; \
	}

PROTOCOL_NUMBER("inet protocol", inet_add_protocol, inet_del_protocol)
PROTOCOL_NUMBER("inet6 protocol", inet6_add_protocol, inet6_del_protocol)
PROTOCOL_NUMBER("xfrm4 protocol", xfrm4_protocol_register,
    xfrm4_protocol_deregister)
PROTOCOL_NUMBER("xfrm6 protocol", xfrm6_protocol_register,
    xfrm6_protocol_deregister)
PROTOCOL_NUMBER("ipv4 tunnel", xfrm4_tunnel_register,
    xfrm4_tunnel_deregister)
PROTOCOL_NUMBER("ipv6 tunnel", xfrm6_tunnel_register,
    xfrm6_tunnel_deregister)

KEEPS("xfrm input", xfrm_input_register_afinfo, xfrm_input_unregister_afinfo)
KEEPS("socket diagnostics", sock_diag_register_inet_compat,
    sock_diag_unregister_inet_compat)

LINUX(int, xfrm_register_type_offload,
    (const void *type, unsigned short family))
{
	return registry_add("xfrm type offload", type, NULL, CALLER);
}

LINUX(void, xfrm_unregister_type_offload,
    (const void *type, unsigned short family))
{
	(void)registry_remove("xfrm type offload", type, CALLER);
}

static void *linux_udp_tunnel_nic_ops;
EXPORT_LINUX_GPL("udp_tunnel_nic_ops", linux_udp_tunnel_nic_ops);

LINUX(void *, __netlink_kernel_create,
    (void *net, int unit, void *module, void *config))
{
	void *sock = registry_opaque("netlink socket", NULL, CALLER);

	return is_err(sock) ? NULL : sock;
}

LINUX(void, netlink_kernel_release, (void *sock))
{
	if (sock != NULL)
		registry_destroy_opaque("netlink socket", sock, CALLER);
}

LINUX_GPL(int, register_btf_kfunc_id_set, (int type, const void *set))
{
	return 0;
}

LINUX_GPL(void, ethtool_set_ethtool_phy_ops, (const void *ops))
{
}

/* -- One network namespace, which nobody may look into.  What is registered
 * for each of them is initialised for it at once. */

static const char net_kind[] = "struct net";

void *
linux_net(void)
{
	static void *net;

	if (net == NULL)
		net = opaque_create(net_kind, NULL);
	return net;
}

struct pernet_operations {
	struct list_head	list;
	int	(LINUX_REGPARM *init)(void *net);
	void	(LINUX_REGPARM *pre_exit)(void *net);
	void	(LINUX_REGPARM *exit)(void *net);
	void	(LINUX_REGPARM *exit_batch)(struct list_head *);
	void	(LINUX_REGPARM *exit_batch_rtnl)(struct list_head *nets,
		    struct list_head *devices);
	unsigned *id;
	size_t	size;
};

static int
pernet_add(struct pernet_operations *ops, const void *caller)
{
	static unsigned next_id = 1;
	int error = registry_add("network namespace operations", ops, NULL,
	    caller);

	if (error != 0)
		return error;
	if (ops->id != NULL)
		*ops->id = next_id++;
	if (ops->init != NULL)
		error = ops->init(linux_net());
	if (error != 0)
		(void)registry_remove("network namespace operations", ops,
		    caller);
	return error;
}

static void
pernet_remove(struct pernet_operations *ops, const void *caller)
{
	if (!registry_remove("network namespace operations", ops, caller))
		return;
	if (ops->pre_exit != NULL)
		ops->pre_exit(linux_net());
	/* A list of the namespaces' exit_list: of one that is opaque. */
	struct list_head list = { linux_net(), linux_net() }, devices;

	list_init(&devices);
	if (ops->exit_batch_rtnl != NULL)
		ops->exit_batch_rtnl(&list, &devices);
	if (ops->exit != NULL)
		ops->exit(linux_net());
	if (ops->exit_batch != NULL)
		ops->exit_batch(&list);
}

LINUX_GPL(int, register_pernet_subsys, (struct pernet_operations *ops))
{
	return pernet_add(ops, CALLER);
}

LINUX_GPL(void, unregister_pernet_subsys, (struct pernet_operations *ops))
{
	pernet_remove(ops, CALLER);
}

LINUX_GPL(int, register_pernet_device, (struct pernet_operations *ops))
{
	return pernet_add(ops, CALLER);
}

LINUX_GPL(void, unregister_pernet_device, (struct pernet_operations *ops))
{
	pernet_remove(ops, CALLER);
}

LINUX(int, tcf_register_action,
    (const void *action, struct pernet_operations *ops))
{
	int error = registry_add("traffic action", action, NULL, CALLER);

	if (error == 0 && (error = pernet_add(ops, CALLER)) != 0)
		(void)registry_remove("traffic action", action, CALLER);
	return error;
}

LINUX(int, tcf_unregister_action,
    (const void *action, struct pernet_operations *ops))
{
	bool had = registry_remove("traffic action", action, CALLER);

	if (had)
		pernet_remove(ops, CALLER);
	return had ? 0 : -ENOENT;
}

/* -- The lock of the stack's configuration. */

static void *rtnl_owner;

LINUX(void, rtnl_lock, (void))
{
	might_sleep(CALLER, "rtnl_lock");
	if (rtnl_owner == curthread)
		panic_caller("the rtnl lock is held by this thread already");
	while (rtnl_owner != NULL)
		(void)tsleep(&rtnl_owner, 0);
	rtnl_owner = curthread;
}

LINUX(void, rtnl_unlock, (void))
{
	if (rtnl_owner != curthread)
		linux_warn(CALLER, "bad unlock balance: the rtnl lock is not "
		    "held by this thread");
	rtnl_owner = NULL;
	wakeup(&rtnl_owner);
}

LINUX(int, rtnl_trylock, (void))
{
	if (rtnl_owner != NULL)
		return 0;
	rtnl_owner = curthread;
	return 1;
}

LINUX(int, rtnl_is_locked, (void))
{
	return rtnl_owner != NULL;
}

/* -- Time for readers to end: there is one CPU, and they do not sleep. */

LINUX(void, synchronize_net, (void))
{
	might_sleep(CALLER, "synchronize_net");
}
