package highwater.bench;

import highwater.net.NetStreams;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;

/// A relay of TCP in a process of its own, for `bench/scripts/relay`: `highwater`, `netty-nio` or `netty-epoll`, and the port of what it
/// relays to, on loopback. Prints the port at which it listens. With `-Dlarge=true` Netty reads into 64 KiB always, and takes 512 KiB
/// before it says that it is not writable, instead of its defaults.
final class RelayProcess {
  private static final boolean LARGE = Boolean.getBoolean("large");

  private RelayProcess() {}

  public static void main(String[] args) throws Exception {
    int backend = Integer.parseInt(args[1]);
    int port =
        switch (args[0]) {
          case "highwater" -> highwater(backend);
          case "netty-nio" ->
              netty(
                  new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()),
                  NioServerSocketChannel.class,
                  NioSocketChannel.class,
                  backend);
          case "netty-epoll" ->
              netty(
                  new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()),
                  EpollServerSocketChannel.class,
                  EpollSocketChannel.class,
                  backend);
          default -> throw new IllegalArgumentException("relay: " + args[0]);
        };
    System.out.println(port);
    Thread.sleep(Long.MAX_VALUE);
  }

  private static int highwater(int backend) throws Exception {
    var to = NetStreams.connect("127.0.0.1", backend);
    var server =
        NetStreams.listen("127.0.0.1", 0).start(connection -> NetStreams.relay(connection, to.openConnection()));
    return server.port();
  }

  private static int netty(
      MultiThreadIoEventLoopGroup group,
      Class<? extends ServerChannel> server,
      Class<? extends Channel> client,
      int backend)
      throws InterruptedException {
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(server)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, buffers())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, marks())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    connect(channel, client, backend);
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return ((InetSocketAddress) bound.localAddress()).getPort();
  }

  private static RecvByteBufAllocator buffers() {
    return LARGE ? new FixedRecvByteBufAllocator(64 << 10) : new AdaptiveRecvByteBufAllocator();
  }

  private static WriteBufferWaterMark marks() {
    return LARGE ? new WriteBufferWaterMark(256 << 10, 512 << 10) : WriteBufferWaterMark.DEFAULT;
  }

  private static void connect(SocketChannel from, Class<? extends Channel> client, int backend) {
    var connecting =
        new Bootstrap()
            .group(from.eventLoop())
            .channel(client)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.RECVBUF_ALLOCATOR, buffers())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, marks())
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(new Passing(from))
            .connect("127.0.0.1", backend);
    from.pipeline().addLast(new Passing((DuplexChannel) connecting.channel()));
    var _ =
        connecting.addListener(
            (ChannelFutureListener)
                connected -> {
                  if (!connected.isSuccess()) {
                    var _ = from.close();
                    return;
                  }
                  from.config().setAutoRead(true);
                  connected.channel().config().setAutoRead(true);
                });
  }

  /// Passes on what comes, and reads no more while the peer has more to send than its mark.
  private static final class Passing extends ChannelInboundHandlerAdapter {
    private final DuplexChannel peer;

    Passing(DuplexChannel peer) {
      this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var _ = peer.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      peer.flush();
      if (!peer.isWritable()) context.channel().config().setAutoRead(false);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      peer.config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof ChannelInputShutdownEvent)) return;
      var _ = peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFuture _) -> shutOutput());
    }

    private void shutOutput() {
      var _ = peer.shutdownOutput();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      var _ = peer.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
      var _ = peer.close();
    }
  }
}
