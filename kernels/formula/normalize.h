// SPDX-License-Identifier: Apache-2.0
// (x * scale - mean) / std: three roundings, in this order (torchvision Normalize after ToTensor,
// whose 1/255 is scale).
W_FN(w_f) w_op_normalize(w_f x, w_f mean, w_f std, w_f scale)
{
    return w_div(x * scale - mean, std);
}
