//! Server reflection of the services of a process, without the rest of the descriptor set.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use prost_types::FileDescriptorProto;
use tandem_error::Cause;
use tonic::service::Routes;
use tonic_reflection::pb;
use tonic_reflection::server::Builder;

/// Services that every server has, and the files that describe them.
const OWN: [(&str, &[u8]); 3] = [
    ("grpc.health.v1.Health", tonic_health::pb::FILE_DESCRIPTOR_SET),
    ("grpc.reflection.v1.ServerReflection", pb::v1::FILE_DESCRIPTOR_SET),
    ("grpc.reflection.v1alpha.ServerReflection", pb::v1alpha::FILE_DESCRIPTOR_SET),
];

/// Adds reflection v1 and v1alpha, which list and describe `services` and what every server has.
pub(crate) fn add_reflection(routes: Routes, services: &[&'static str]) -> Result<Routes, Cause> {
    let files = collect_files(services)?;
    let builder = || {
        let own = OWN.iter().fold(Builder::configure(), |builder, (name, files)| {
            builder.register_encoded_file_descriptor_set(files).with_service_name(*name)
        });
        let builder = own
            .register_encoded_file_descriptor_set(&files)
            // The types of error details: without them, clients show details as bytes.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET);
        services.iter().fold(builder, |builder, name| builder.with_service_name(*name))
    };
    Ok(routes.add_service(builder().build_v1()?).add_service(builder().build_v1alpha()?))
}

/// A `FileDescriptorSet` whose files stay encoded: decoding them would lose their custom options.
#[derive(Clone, PartialEq, prost::Message)]
struct EncodedFiles {
    #[prost(bytes = "vec", repeated, tag = "1")]
    file: Vec<Vec<u8>>,
}

/// The part of the descriptor set that describes `services`: their files and all that these import.
fn collect_files(services: &[&'static str]) -> Result<Vec<u8>, Cause> {
    let mut files = BTreeMap::new();
    for encoded in EncodedFiles::decode(tandem_proto::DESCRIPTOR_SET)?.file {
        let file = FileDescriptorProto::decode(&encoded[..])?;
        files.insert(file.name().to_owned(), (file, encoded));
    }
    let wanted = files.iter().filter(|(_, (file, _))| defines_one_of(file, services));
    let mut open: Vec<String> = wanted.map(|(name, _)| name.clone()).collect();
    let mut kept = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some((file, _)) = files.get(&name)
            && kept.insert(name)
        {
            open.extend(file.dependency.iter().cloned());
        }
    }
    files.retain(|name, _| kept.contains(name));
    let file = files.into_values().map(|(_, encoded)| encoded).collect();
    Ok(EncodedFiles { file }.encode_to_vec())
}

fn defines_one_of(file: &FileDescriptorProto, services: &[&'static str]) -> bool {
    let name = |service: &prost_types::ServiceDescriptorProto| {
        format!("{}.{}", file.package(), service.name())
    };
    file.service.iter().any(|service| services.contains(&name(service).as_str()))
}
